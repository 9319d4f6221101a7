# Instances that arrive over a line.

receiving-no-room = Rien ne peut être conservé dans { $folder } : { $reason }
receiving-other-instance = Ce qui est arrivé n’est pas l’instance { $uid } annoncée. Elle n’a pas été conservée. Prévenez l’administrateur de l’archive qui envoie.
receiving-not-announced = Une instance a été annoncée avec un identifiant qui n’en est pas un ({ $error }). Elle n’a pas été conservée. Prévenez l’administrateur de l’archive qui envoie.
