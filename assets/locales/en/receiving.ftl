# Instances that arrive over a line.

receiving-no-room = Nothing can be kept in { $folder }: { $reason }
receiving-other-instance = What arrived is not the instance { $uid } that was announced. It was not kept. Tell the administrator of the sending archive.
receiving-not-announced = An instance was announced with an identifier that is not one ({ $error }). It was not kept. Tell the administrator of the sending archive.
