### Français : les couleurs d’une image et son profil ICC.

colour-profile-not-applied = Le profil de couleurs (ICC) de l’image n’est pas appliqué : { $reason }. Les couleurs sont celles enregistrées et peuvent différer des vraies
colour-profile-unreadable = il est illisible
colour-profile-not-rgb = il n’est pas fait pour le rouge, le vert et le bleu
action-colour-profile = Profil de couleurs : appliqué, non appliqué
why-no-colour-profile = Cette image n’a pas de profil de couleurs
viewport-colour-profile = profil ICC
viewport-colour-profile-off = profil de couleurs désactivé
viewport-colour-profile-faulty = profil de couleurs défectueux
