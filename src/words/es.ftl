### Todos los textos para personas, en español (Perú, trato de usted).
###
### Glosario. Una palabra para cada cosa, siempre la misma:
###   source → fuente · backup → copia de seguridad · set → conjunto · artifact → archivo guardado
###   dump → volcado · archive (tar) → paquete · store → almacén · manifest → manifiesto
###   complete, damaged → completo, dañado · suspect → sospechoso · adopted → adoptado
###   proven → comprobado · pinned → fijado · expire, prune → vencer, depuración
###   verify → verificación · drill → simulacro de restauración · run → ejecución · lock → bloqueo
###   restore, undo → restauración, deshacer · exchange → intercambio · safety backup → copia previa
###   folder, file → carpeta, archivo · role → rol · schema → esquema · log → registro
###   command → comando · health → salud · daemon → servicio · container, volume → contenedor, volumen · password → contraseña
### Los comandos, las claves y los nombres de archivo quedan como son.

## Hints

hint-no-room = Libere al menos { $needed } en el volumen de { $path }, o indique en store.dir uno más grande.

## Faults of disks and rights

hint-disk-full = El volumen de { $path } está lleno. Libere espacio en él, o indique en store.dir uno más grande.
hint-quota = La cuota de { $path } está agotada. Auméntela o libere espacio.
hint-read-only = El disco de { $path } está montado solo para lectura. Móntelo también para escritura.
hint-no-right = El programa se ejecuta como { $user } y no puede escribir en { $path }. Dé permiso a su usuario, o corrija el propietario de la carpeta.
hint-disk-error = El disco de { $path } responde con errores. Revise el registro del sistema y cámbielo antes de que falle del todo.
hint-no-folder = En { $path } hay algo que no es una carpeta. Muévalo a otro lugar, o indique otra carpeta en store.dir.
hint-link = En { $path } hay un enlace simbólico, donde debe haber un archivo o una carpeta del propio almacén. Quite el enlace; aquello a lo que lleva queda como está.
hint-name-taken = En { $path } ya hay otro archivo. Muévalo a otro lugar; nunca se sobrescribe.
hint-no-locks = El sistema de archivos de { $path } no puede bloquear archivos. Ponga el almacén en uno que pueda.

## The store

hint-unknown-group = Indique un grupo que exista donde se ejecuta el programa, o su número: store.group = "{ $group }" no es ni lo uno ni lo otro.
hint-no-such-set = Los identificadores de los conjuntos que hay se ven con: resguardo list
hint-verify-first = No se eliminó nada. `resguardo verify { $id }` lee todo ese conjunto y anota lo que está mal; haga una copia nueva y vuelva a intentarlo.
hint-store-replaces = El sistema de archivos de { $path } reemplaza archivos al renombrar, aunque se le pide que no lo haga. Ponga el almacén en otro.
hint-store-locks = El sistema de archivos de { $path } permite que dos procesos tengan el mismo bloqueo. Ponga el almacén en otro, o use store.single_host = true si solo esta máquina y este contenedor escriben en él.
hint-sets-mounted = Monte el almacén entero de una vez: { $path } debe estar en el mismo montaje que .resguardo, a su lado.
warning-store-modes = El sistema de archivos de { $path } no conserva los permisos de los archivos: quien pueda leer el volumen puede leer las copias de seguridad.
warning-store-folder-sync = El sistema de archivos de { $path } no puede asegurar los nombres en el disco (fsync de una carpeta): un corte de luz en el minuto siguiente a una copia de seguridad puede deshacerla.
warning-store-locks = El sistema de archivos de { $path } permite que dos procesos tengan el mismo bloqueo. Se aceptó con store.single_host = true.
warning-removal-unreadable = { $path } es el manifiesto de un conjunto que se estaba eliminando y ya no se puede leer. Sus archivos quedan como están y siguen ocultos; para volver a verlos, quite este archivo de { $folder }.
warning-removal-refused = Se estaba eliminando el conjunto { $id } y un archivo suyo no se puede eliminar: { $error }. El resto sigue oculto; corríjalo y la próxima ejecución lo completa.
warning-finished-unreadable = { $path } es el manifiesto de un conjunto terminado que aún no se había puesto en su lugar, y este programa no puede leerlo: lo escribió una versión más nueva, o está dañado. Sus archivos se guardan aparte y siguen ocultos; inicie la versión que lo escribió, o saque { $folder } del almacén para renunciar al conjunto.
warning-finished-not-whole = El conjunto { $id } estaba terminado pero aún no en su lugar, y uno de sus archivos ya no es lo que dice su manifiesto. El conjunto se descartó; haga una copia de seguridad.
warning-finished-no-place = El conjunto { $id } estaba terminado pero no se pudo poner en su lugar: { $error }. El conjunto se descartó; haga una copia de seguridad.

## Mail

hint-mail-address = Escriba la dirección como nombre@example.org o Nombre <nombre@example.org>.
hint-mail-password-file = Haga que el usuario con el que se ejecuta resguardo pueda leer el archivo que indica mail.password_file.
hint-mail-certificate = El certificado del servidor de correo no vale para este nombre: escriba el nombre del servidor como está en su certificado, o añada su autoridad a los certificados del sistema.
hint-mail-login = El servidor de correo rechaza a mail.user con esta contraseña: algunos proveedores exigen una contraseña de aplicación.
hint-mail-security = El servidor de correo no cifra como indica mail.security: lo habitual es starttls en el puerto 587, tls en el 465 y none en el 25. Como variables: EMAIL_USE_TLS=True es starttls, EMAIL_USE_SSL=True es tls y EMAIL_USE_TLS=False es none; si no se define ninguna, es starttls, mientras que Django no cifra.
hint-mail-refused = El servidor de correo rechaza este mensaje: verifique que mail.from sea una dirección desde la que le permite enviar, y que exista cada una de mail.to.
hint-mail-unreachable = Verifique que mail.host y mail.port sean correctos, y que esta máquina pueda llegar a ellos.

mail-subject = [{ $place }] { $what }
mail-contact = A quién puede pedir ayuda:
mail-last-today = Este es el último mensaje de hoy: se alcanzó el máximo por día (`max_per_day`). Lo demás queda en el registro y llegará mañana.
mail-footer = De resguardo, en { $place }. `resguardo list` muestra lo que hay; `resguardo check`, lo que anda mal.

warning-told-unwritten = No se pudo anotar lo que ya se avisó: { $error }. Puede que se avise de nuevo después de reiniciar.

## Retention: why a set stays, why nothing expires

kept-pinned = fijado
kept-newest-proven = el más reciente que comprobó un simulacro
kept-minimum-redundancy = una de las copias completas más recientes de una fuente
kept-being-read = se está leyendo en este momento
kept-depended-on = un conjunto que se queda no se puede restaurar sin él
kept-damaged = dañado: no se le quita nada más
kept-source-suspect = la copia más reciente de una de sus fuentes es sospechosa
kept-within-days = dentro de keep_days
kept-daily = el más reciente de su día
kept-weekly = el más reciente de su semana
kept-monthly = el más reciente de su mes
kept-yearly = el más reciente de su año
hold-clock-behind = El reloj marca una hora anterior al inicio del conjunto más reciente, así que nada vence. Ponga el reloj en hora.
hold-clock-jumped = El reloj saltó más de dos días desde la ejecución anterior, así que en esta nada vence.
hold-store-unlisted = Hay algo en el almacén que no se pudo listar, así que nada vence. Revise los permisos de las carpetas del almacén.

## Runs

warning-empty = { $source } no tiene ninguna tabla, aunque en el almacén hay conjuntos suyos: no se guardó nada. Si los datos se perdieron, restáurelos con `resguardo restore --latest`; si es así a propósito, ejecute `resguardo backup --source { $source }` y `resguardo accept`.
hint-empty = Si los datos se perdieron, restaure el último conjunto bueno: `resguardo restore --latest`.
warning-suspect = { $source } en { $id } tiene muchísimo menos que en el conjunto anterior y no se toma en cuenta hasta `resguardo accept { $id }`. Revise si se perdieron datos; mientras tanto, nada de esa fuente vence.
warning-not-removed = { $what } venció y no se pudo eliminar: { $error }
warning-not-durable = El conjunto está hecho, pero el disco no confirmó que resista un corte de luz, así que no se eliminó nada: { $error }
hint-empty-folder = Revise si el volumen de { $source } está montado. Si debe estar vacío, ponga allow_empty = true en esa fuente.
hint-slot-served = Parece que dos servicios trabajan sobre este almacén con el mismo horario. Detenga uno de ellos.
hint-lock-held = Otra ejecución de resguardo trabaja sobre este almacén. Espere a que termine, o use `--wait SECONDS`.
hint-low-port = Los puertos menores que { $free } no son para cualquier usuario: indique en serve.listen (RESGUARDO_SERVE__LISTEN) uno mayor que { $port }, o dé al programa el permiso CAP_NET_BIND_SERVICE.
hint-port-taken = Otro programa, u otro servicio de resguardo, ya usa el puerto { $port }: deténgalo, o indique otro puerto en serve.listen (RESGUARDO_SERVE__LISTEN).
hint-no-such-address = Esta máquina no tiene la dirección { $address }: indique en serve.listen (RESGUARDO_SERVE__LISTEN) una que tenga, o 0.0.0.0 para todas.
hint-bug = Esto es un error de resguardo. El servicio continúa; por favor, reporte el texto de arriba.
hint-not-root = Ejecútelo con un usuario que no sea root, o cree un usuario `postgres`.

## Verify

hint-verify-held = Otra verificación trabaja sobre este almacén. Termina por sí sola; después, `resguardo list` muestra lo que encontró.
hint-bad-copy = Recupere el archivo desde una copia del almacén y verifique de nuevo su conjunto: resguardo verify ID. Lo que está mal no se toma en cuenta, así que la última copia buena de su fuente es una anterior; si no queda ninguna, haga una copia de seguridad.
warning-unrecorded = No se puede escribir en el almacén ({ $error }): lo que haga esta ejecución solo se dice aquí y no queda anotado.
warning-finding-unkept = Lo encontrado no se pudo anotar junto a los conjuntos, por eso `resguardo list` no lo muestra: { $error }.
warning-not-looked-into = { $path } está comprimido de un modo que resguardo no sabe abrir, por eso no se revisó por dentro.

## Command line

cli-config-faults = La configuración no se puede usar (por corregir: { NUMBER($count) }):
cli-unknown-source = No existe la fuente `{ $source }`. Las configuradas son: { $known }. La que nace de una variable (DATABASE_URL) solo existe donde esa variable está definida.
cli-no-such-set = No existe el conjunto { $id }. `resguardo list` muestra los que hay.
cli-lock-held = Otra ejecución de resguardo trabaja sobre este almacén. Inténtelo de nuevo cuando termine.
cli-ending-in-order = Terminando en orden. Una segunda señal termina de inmediato y deja la limpieza a la próxima ejecución.
cli-verify-latest = Se lee lo que tomaría `resguardo restore --latest` con todas sus fuentes: { $parts }
cli-verified = { $source }: bien; se volvió a leer cada byte de { $size }
cli-pinned = { $id } se conserva, por antiguo que sea.
cli-pinned-already = { $id } ya estaba fijado; no se cambió nada.
cli-unpinned = { $id } vuelve a vencer como cualquier otro.
cli-not-pinned = { $id } no estaba fijado; no se cambió nada.
cli-accepted = { $id } cuenta como bueno.
accept-fell = { $source } tenía { $before } en el conjunto { $id }; ahora tiene { $now }.
accept-fell-from-nothing = { $source } tiene { $now }; no hay antes ningún conjunto bueno con el cual compararlo.
accept-extent-database = tablas: { NUMBER($tables) }, filas: { NUMBER($rows) }, { $size }
accept-extent-archive = archivos: { NUMBER($entries) }, { $size }
accept-extent = un tamaño de { $size }
accept-means = Una vez aceptado cuenta como bueno: `resguardo restore --latest` lo toma, lo que venga se compara con él, y los conjuntos más antiguos vuelven a vencer.
cli-not-suspect = { $id } no es sospechoso; no se cambió nada.
expired = se va: ninguna regla lo conserva
prune-nothing = No venció nada.
list-set = CONJUNTO
list-started = INICIO
list-state = ESTADO
list-size = TAMAÑO
list-sources = FUENTES
list-note = NOTA
list-state-complete = completo
list-state-partial = parcial
list-state-suspect = sospechoso
list-state-damaged = dañado
list-pinned = fijado
list-verified = verificado el { $at }
list-proven = comprobado el { $at }
list-proven-of = comprobado: { $sources }
list-answer = pero una respuesta no es la esperada
list-drill-failed = EL SIMULACRO FALLÓ el { $at }
list-found-bad = LA VERIFICACIÓN FALLÓ el { $at }
list-suspect = sospechoso: { $sources }
list-wanting = incompleto: { $sources }
list-legend = Un ! junto a una fuente: su archivo falta, no está completo, o una verificación o un simulacro lo encontró mal. No se toma en cuenta.
list-empty = Todavía no hay nada guardado en { $dir }.
list-adopted-bad = { $path }  { $size }  (adoptado: un archivo sin manifiesto; LA VERIFICACIÓN FALLÓ el { $at }; no se toma en cuenta)
list-adopted-whole = { $path }  { $size }  (adoptado: un archivo sin manifiesto; verificado el { $at }: entero por sí mismo; no se toma en cuenta)
list-adopted = { $path }  { $size }  (adoptado: un archivo sin manifiesto, sin revisar por dentro; no se toma en cuenta)
list-unseen = El almacén no se puede ver, o solo en parte; puede haber más de lo que se muestra:
list-totals = conjuntos: { NUMBER($sets) }; { $size } en total, { $free } libres
check-mark-good = bien
check-mark-warning = aviso
check-mark-trouble = PROBLEMA
check-source = se puede acceder; hay unos { $size } por leer
check-emptied = no tiene ninguna tabla, y el último conjunto bueno, { $id }, tiene { NUMBER($tables) }. Si se perdió: `resguardo restore --latest --source { $source }`; si es correcto, la próxima copia de seguridad dirá qué hacer.
check-store = funciona como debe un almacén; { $free } libres
check-store-busy = una ejecución trabaja sobre él, así que no se probó
check-log = se puede escribir
check-drill = lo más reciente ({ $id }) se podría restaurar y comparar en { $path }, lo que ocupa { $needed } como máximo
check-question = Tal como está ahora producción, ningún simulacro podría hacer esta pregunta a { $source }: corrija la pregunta.
check-drill-unscheduled = no hay ninguno programado: que una copia sirve solo se sabe cuando se restaura; defina schedule.drill, por ejemplo "0 5 * * 0"
check-healthy = todo está bien
check-nobody-told = nadie recibiría aviso de una copia de seguridad fallida: defina mail.host y mail.to (EMAIL_HOST, DEFAULT_FROM_EMAIL)
check-no-mail-server = nadie recibiría aviso de una copia de seguridad fallida: defina mail.host (EMAIL_HOST), el servidor que recibe los correos
check-no-recipient = nadie recibiría aviso de una copia de seguridad fallida: defina mail.to (DEFAULT_FROM_EMAIL), a quién se avisa
check-mail = se avisaría a { $to } por medio de { $host } (`--mail` envía una prueba)
check-mail-sent = se aceptó una prueba para { $to }; el otro lado respondió: { $answer }
check-mail-subject = una prueba: así se le avisaría
check-mail-text = Esta es la prueba que envía `resguardo check --mail`. De este modo se le avisaría de una copia de seguridad fallida.

## Help of the command line, and what is wrong with one

help-resguardo = Mantiene restaurables los datos de una aplicación: PostgreSQL, SQLite, archivos subidos, configuración.
help-config-file = El archivo de configuración [por defecto: config/backup.toml, si existe]
help-json = Muestra los resultados en JSON
help-quiet = Muestra solo resultados y fallos
help-run = Inicia el servicio: hace copias según el horario, depura, publica la página, la salud y las métricas
help-backup = Hace una copia de seguridad ahora
help-list = Muestra lo que contiene el almacén
help-restore = Devuelve los datos a su lugar; lo que hay se conserva al lado
help-prune = Elimina los conjuntos que ninguna regla conserva
help-verify = Vuelve a leer cada byte guardado y lo compara
help-drill = Comprueba un conjunto: lo restaura entero aparte, lo compara y borra lo que usó
help-pin = Conserva un conjunto, por antiguo que sea
help-unpin = Deja que un conjunto fijado vuelva a vencer
help-accept = Da por bueno un conjunto sospechoso, después de preguntar
help-check = Revisa todo de antemano: fuentes, programas, permisos, espacio, almacén, a quién se avisa
help-health = Dice cómo están las cosas; sale con 1 cuando una sonda recibiría 503
help-config = Muestra la configuración vigente y de dónde viene cada valor
help-demo = Muestra lo principal con datos propios
help-backup-source = Solo esta fuente (se puede dar varias veces)
help-backup-label = Una nota que se guarda con el conjunto
help-backup-pin = Conserva el conjunto, por antiguo que sea
help-backup-wait = Espera hasta tantos segundos a que termine otra ejecución
help-list-source = Solo los conjuntos que contienen esta fuente
help-prune-dry-run = Dice qué se eliminaría, sin eliminar nada
help-prune-explain = Dice de cada conjunto por qué se queda o se va, sin eliminar nada
help-id = El conjunto: `YYYYMMDD_HHMMSS`
help-verify-id = El conjunto: `YYYYMMDD_HHMMSS` [por defecto: lo que tomaría `restore --latest`]
help-verify-all = Todos los conjuntos y todos los archivos adoptados
help-drill-id = El conjunto: `YYYYMMDD_HHMMSS` [por defecto: de cada fuente, lo bueno más reciente]
help-drill-latest = De cada fuente, lo bueno más reciente, que es lo que se hace por defecto
help-drill-last = No hace ninguno: muestra lo que encontró el último, o el último de este conjunto
help-pin-label = Por qué se conserva
help-yes = Da el consentimiento sin preguntar: para scripts
help-check-mail = Envía además una prueba por correo y por cada webhook, deja una línea en el latido y muestra cada respuesta
help-config-reference = Muestra en cambio cada clave con su valor por defecto y su significado
help-demo-once = Hace una sola copia de seguridad y termina
help-demo-dir = Dónde ponerlo todo [por defecto: una carpeta temporal nueva]
help-demo-listen = Dónde publicar la página, la salud y las métricas
help-restore-db = Un volcado por restaurar: una ruta, o el nombre de un archivo del almacén (se puede dar varias veces)
help-restore-media = Un paquete por restaurar: una ruta, o el nombre de un archivo del almacén (se puede dar varias veces)
help-restore-set = Restaura lo que contiene este conjunto: `YYYYMMDD_HHMMSS`
help-restore-latest = Restaura de cada fuente lo bueno más reciente
help-restore-source = Solo esta fuente (se puede dar varias veces); con un archivo, la fuente a la que se restaura
help-restore-to-db = Restaura la base de datos con este nombre nuevo, al lado de todo lo que hay
help-restore-to-dir = Restaura carpetas, archivos y bases de datos SQLite en esta carpeta, que debe estar vacía o no existir
help-restore-only = Devuelve solo los archivos de un paquete que coincidan con este patrón (se puede dar varias veces)
help-restore-table = Devuelve solo esta tabla de una base de datos, `NAME` o `SCHEMA.NAME`, con el nombre terminado en `_restored` (se puede dar varias veces)
help-restore-replace = Con --table: intercambia las filas que hay en la tabla por las restauradas
help-restore-jobs = Carga un volcado de formato custom con tantas tareas a la vez
help-restore-no-owner = Continúa aunque no se puedan asignar los propietarios
help-restore-assume-room = Continúa aunque no se pueda ver si el servidor tiene espacio
help-restore-no-safety-backup = Si una base de datos solo se puede reemplazar en su sitio: continúa sin hacer una copia previa de lo que hay
help-restore-dry-run = Dice qué pasaría, sin cambiar nada
help-restore-undo = Intercambia de vuelta las copias anteriores de la última restauración
help-restore-clean = Elimina las copias anteriores que conservan las restauraciones
help-help = Muestra esta ayuda
help-version = Muestra la versión
help-default = [por defecto: { $value }]
help-heading-usage = Uso
help-heading-commands = Comandos
help-heading-arguments = Argumentos
help-heading-options = Opciones
help-a-command = COMANDO
help-its-options = [OPCIONES]
usage-no-argument = Aquí no existe el argumento `{ $argument }`.
usage-no-command = No existe el comando `{ $command }`.
usage-which-command = Diga qué comando.
usage-near = ¿Quiso decir `{ $near }`?
usage-missing = Falta esto: `{ $argument }`
usage-value-missing = `{ $argument }` necesita un valor.
usage-value = `{ $argument }` no puede ser `{ $value }`.
usage-value-why = `{ $argument }` no puede ser `{ $value }`: { $error }
usage-value-too-many = `{ $argument }` no acepta el valor `{ $value }`.
usage-twice = `{ $argument }` solo se puede dar una vez.
usage-conflict = `{ $argument }` no va junto con `{ $other }`.
usage-more = `--help` explica más.

## Progress

stage-dump = guardando
stage-verify = verificando
stage-find = buscando
stage-load = cargando
stage-index = indexando
stage-compare = comparando
stage-swap = intercambiando
stage-analyze = analizando
stage-drill = haciendo el simulacro de
stage-wait = esperando a otra ejecución
progress-line = { $stage }: { $done } a { $rate }/s
progress-left =
    { $seconds ->
        [0] falta menos de 1 s
        [one] falta 1 s
       *[other] faltan unos { NUMBER($seconds) } s
    }

## Demo

demo-made = Se creó una pequeña aplicación en { $dir }
demo-with-server = Tiene un padrón en SQLite, fotos, un archivo de configuración y una base de datos PostgreSQL; resguardo los protege cada minuto.
demo-without-server = Tiene un padrón en SQLite, fotos y un archivo de configuración; resguardo los protege cada minuto. (En esta máquina no están los programas del servidor PostgreSQL, por eso no se muestra ninguno.)
demo-stored = Guardado en { $dir } (allí RESTORE.md explica cómo restaurar sin este programa)
demo-serving = Salud: http://{ $listen }/health   Métricas: http://{ $listen }/metrics   Ctrl-C lo termina
demo-clean = Para borrarlo todo: rm -r { $dir }

## Sources: folders, files, SQLite

hint-folder-missing = Revise que el volumen de { $path } esté montado y que la ruta de la configuración sea correcta.
hint-not-a-folder = Indique una carpeta en la configuración, o ponga { $path } en [[files]].
hint-may-not-read = Dé al usuario con el que se ejecuta resguardo permiso para leer { $path }.
hint-no-file-found = Revise que { $path } esté montado donde se ejecuta resguardo y que la ruta de la configuración sea correcta.
warning-empty-folder = { $path } está vacía. Revise que su volumen esté montado, o ponga allow_empty si puede estarlo.
warning-files-unreadable =
    { $count ->
        [0] Se pudieron leer todos los archivos y carpetas.
        [one] No se pudo leer un archivo o una carpeta: { $first }. El paquete no está completo.
       *[other] Archivos o carpetas que no se pudieron leer: { NUMBER($count) }; el primero es { $first }. El paquete no está completo.
    }
warning-files-changed =
    { $count ->
        [0] Ningún archivo cambió mientras se leía.
        [one] Un archivo cambió mientras se leía: { $first }.
       *[other] Archivos que cambiaron mientras se leían: { NUMBER($count) }; el primero es { $first }.
    }
warning-files-vanished =
    { $count ->
        [0] Ningún archivo desapareció mientras se leía la carpeta.
        [one] Un archivo desapareció mientras se leía la carpeta: { $first }.
       *[other] Archivos que desaparecieron mientras se leía la carpeta: { NUMBER($count) }; el primero es { $first }.
    }
hint-sqlite-missing = Revise que el volumen de { $path } esté montado y que la ruta de la configuración sea correcta.
hint-sqlite-no-database = { $path } no es un archivo SQLite, o está cifrado. Revise la ruta en la configuración.
hint-sqlite-read-only = Una base de datos en modo WAL solo se puede leer donde se puede escribir en su carpeta. Monte la carpeta de { $path } sin «solo lectura» y permita escribir en ella al usuario con el que se ejecuta resguardo.
hint-sqlite-locked = Un programa mantiene bloqueado { $path }. Busque una transacción que nunca termina.
hint-sqlite-damaged = { $path } está dañado. Conserve los conjuntos que hay y restaure el más reciente que esté bueno.

## Restoring folders, files, SQLite

restore-nothing-stands = En { $path } no hay nada ahora; allí se ponen los datos restaurados.
restore-folder-kept = Se reemplaza la carpeta { $path }. Lo que contiene ahora se conserva como { $old }, hasta `resguardo restore --clean`.
restore-folder-inside = { $path } no se puede renombrar, así que lo que contiene se mueve pieza por pieza: por un momento, a un programa que mire allí le faltará algo.
restore-folder-excluded = Lo que las copias de seguridad dejan fuera ({ $patterns }) no está en la carpeta restaurada; queda en la conservada.
restore-single = Archivos o carpetas nuevas que se devuelven: { NUMBER($count) }; el primero es { $first }. No se toca nada más.
restore-single-kept = Archivos que ya están allí: { NUMBER($count) }. Cada uno se conserva junto al restaurado, con un nombre que termina en _before_{ $run }, hasta `resguardo restore --clean`.
restore-single-changed = Estos difieren de lo guardado, y lo guardado toma su lugar: { $paths }. Los que vienen de otra máquina traen sus direcciones, nombres y contraseñas.
restore-to-folder = Los datos se ponen en { $path }; lo que está en uso no se toca.
restore-sqlite-kept = Se reemplaza el contenido de { $path }, aunque haya programas que lo tengan abierto. El contenido actual se conserva como { $old }, hasta `resguardo restore --clean`; los programas que escriben esperan mientras se copia y se reemplaza.
restore-sqlite-damaged = { $path } está dañado. Se copia de todos modos, tan dañado como está: la copia no se revisa.
restore-sqlite-stop = SQLite no acepta { $path } como base de datos. PRIMERO DETENGA LA APLICACIÓN. El archivo se aparta como { $old }, junto con lo que SQLite guardaba a su lado, y el restaurado toma su nombre.
hint-owners = Restaure como root, o con --no-owner: entonces todo pertenece al usuario con el que se ejecuta resguardo.
hint-set-id = Desempaquételo a mano en un lugar de su confianza: tar -xzf.
hint-not-as-stated = El archivo no es lo que se guardó. Restaure otro conjunto; `resguardo verify` dice cuáles están enteros.
hint-only = Pídalo como lo nombra el paquete, por ejemplo --only "{ $near }", o con un patrón como --only "**/nombre*".
hint-hard-link = Pida también { $first }.
hint-too-many = Pida menos, o restaure la carpeta entera.
hint-unsettled = Primero hay que terminar una restauración interrumpida: inicie resguardo, o ejecute de nuevo `resguardo restore`.
hint-restore-room = Libere { $needed } en el volumen de { $path }, o restaure en otro lugar con --to-dir.
hint-room-unseen = Vea usted mismo si hay espacio en { $path }, y continúe con --assume-room.
hint-restore-read-only = { $path } está montado solo para lectura: restaure con un servicio que pueda escribir allí, o en otra carpeta con --to-dir.
hint-restore-no-right = Restaure con un usuario que pueda escribir en { $path }, como root; o deje esto fuera nombrando lo demás con --source; o restáurelo en otra carpeta con --to-dir.
hint-restore-no-folder = Cree la carpeta { $path }, o revise que su volumen esté montado.
hint-restore-mounted = { $path } es un montaje propio y no se puede reemplazar desde dentro: restaure con --to-dir y copie el contenido encima.
hint-restore-other-kind = Mueva a otro lugar lo que hay en { $path }, o restaure en otra carpeta con --to-dir.
hint-restore-not-named = Nómbrelo en la configuración, o restaure en otra carpeta con --to-dir.
hint-restore-not-empty = Indique una carpeta vacía o que no exista, o vacíe { $path }.
hint-mount-below = Primero desmonte { $mount }, o restaure en otra carpeta con --to-dir: un volumen se iría con la carpeta antigua.
hint-restore-ours-within = Restaure archivos sueltos con --only, o en otra carpeta con --to-dir; mejor aún, tenga { $path } en otro lugar.
hint-to-dir = Restáurelo en el lugar de donde vino, o en una carpeta con --to-dir; --to-db es para PostgreSQL.
hint-sqlite-left = { $left } es lo que queda de una base de datos que se eliminó: se aplicaría sobre la restaurada. Muévalo a otro lugar.
hint-sqlite-close = Detenga durante la restauración los programas que tienen abierto { $path }.

## PostgreSQL

hint-unreachable = Revise que el servidor de base de datos en { $host } esté funcionando y que esta máquina pueda llegar a él.
hint-server-starting = El servidor de base de datos está arrancando o deteniéndose; el próximo intento debería encontrarlo listo.
hint-too-many-connections = Aumente max_connections, o haga que la aplicación mantenga menos conexiones abiertas.
hint-wrong-password = Revise la contraseña del rol { $user }: la configurada aquí no es la del servidor. Puede que un servidor nuevo ni siquiera tenga el rol: RESTORE.md, en el almacén, explica cómo se crean los roles.
hint-password-file = Vuelva a poner la contraseña del rol { $user } en { $path }, donde la pueda leer el usuario con el que se ejecuta resguardo; no hace falta reiniciar.
hint-no-password = Indique la contraseña del rol { $user }: POSTGRES_PASSWORD, password o password_file, o dentro de la dirección.
hint-not-let-in = Permita que el rol { $user } se conecte a { $database }: debe existir, y una línea de pg_hba.conf debe admitir a esta máquina.
hint-no-connect = Deje entrar al rol: GRANT CONNECT ON DATABASE "{ $database }" TO "{ $user }".
hint-no-database = Revise el nombre: el servidor en { $host } no tiene la base de datos { $database }. Si se perdió, `resguardo restore --latest` la recupera.
hint-tls = Compare sslmode y sslrootcert con el certificado del servidor.
hint-no-tools = Instale los programas cliente de PostgreSQL: pg_dump, pg_dumpall, pg_restore y psql.
hint-old-tools = Use programas cliente de la versión { $server } o más nuevos; si usa la imagen, constrúyala con BASE_IMAGE=postgres:{ $server }.
hint-old-psql = Instale psql 15.14, 16.10, 17.6 o más nuevo: el volcado se escribió para uno de ellos.
hint-grant = Permita que el rol lea todo: GRANT pg_read_all_data TO "{ $user }"; no puede leer { $table }.
hint-row-security = La seguridad por filas oculta filas de { $table } al rol { $user }: ALTER ROLE "{ $user }" BYPASSRLS, o haga la copia con otro rol.
hint-locked = Otra sesión tiene { $table } solo para sí, como lo hace una migración: termínela, o espere a que termine.
hint-killed = Algo externo terminó { $program }, muy probablemente porque se acabó la memoria: dé más al contenedor o a la máquina.
hint-not-empty = Cargue en una base de datos vacía: { $database } ya tiene tablas.
warning-no-role-passwords = El rol { $user } no puede leer las contraseñas cifradas, así que los roles guardados no las tienen: después de una restauración habrá que ponerles contraseñas nuevas.

## Health: why it says what it says

reason-suspect = La copia de seguridad más reciente de { $source }, { $id }, es sospechosa: tiene muchísimo menos que la anterior. Nada de { $source } vence hasta que usted la revise: `resguardo accept { $id }` si es correcta; si no lo es, restaure la última buena con `resguardo restore --latest --source { $source }`.
reason-suspect-restored = { $source } se restauró después de que su copia más reciente, { $id }, resultara sospechosa. Haga ahora una copia: `resguardo backup --source { $source }`; una que tenga tanto como antes pone fin a este aviso.
reason-empty = La base de datos de { $source } se encontró sin tablas, aunque en el almacén hay copias de ella, así que no se hizo la copia de seguridad. Si se perdió su volumen, restaure el último conjunto bueno: `resguardo restore --latest --source { $source }`.
reason-never = Todavía no hay ninguna copia de seguridad completa de { $source }.
reason-never-seen = No se ve ninguna copia de seguridad de { $source }, porque el almacén no se puede ver.
reason-stale =
    { $age_hours ->
        [0] La copia de seguridad completa más reciente de { $source }, { $id }, tiene menos de una hora; no debe pasar de { NUMBER($max_age_hours) } h.
        [one] La copia de seguridad completa más reciente de { $source }, { $id }, tiene una hora; no debe pasar de { NUMBER($max_age_hours) } h.
       *[other] La copia de seguridad completa más reciente de { $source }, { $id }, tiene { NUMBER($age_hours) } horas; no debe pasar de { NUMBER($max_age_hours) } h.
    }
reason-running = Se está haciendo una copia de seguridad de { $source }.
reason-failed = La última copia de seguridad de { $source } falló.
reason-partial = La última copia de seguridad no pudo leer algo de { $source }.
reason-interrupted = La última copia de seguridad de { $source } se interrumpió.
reason-braked = Nada respalda { $source } automáticamente antes del { $until }: en { NUMBER($count) } intentos seguidos se cayó el programa mismo, casi siempre porque se acabó la memoria (revise el registro del sistema). Cuando esté corregido: `resguardo backup --source { $source }`.
reason-run-failed = La última copia de seguridad, { $run }, falló antes de llegar a ninguna fuente.
reason-run-partial = La última copia de seguridad, { $run }, es parcial: { $source } no se pudo guardar por completo.
reason-prune-failed = La última depuración, { $run }, falló.
reason-verify-failed = La última verificación, { $run }, encontró algo mal o no pudo verlo; el registro dice qué. Queda pendiente hasta que una verificación termine bien.
reason-found-bad = Archivos guardados cuyos bytes no son los que se escribieron, según una verificación o un simulacro: { NUMBER($count) }; el más reciente es { $path }. No se toman en cuenta. Recupérelos desde una copia del almacén y ejecute `resguardo verify` sobre su conjunto, o elimine el conjunto con `resguardo discard ID`.
reason-verify-overdue = Ninguna verificación programada ha llegado a su fin desde la que correspondía el { $at }: nadie sabe si lo guardado todavía se puede leer. Revise si el servicio está funcionando: al arrancar recupera lo atrasado.
reason-found-bad-adopted = Archivos sin manifiesto que una verificación encontró incompletos: { NUMBER($count) }; el primero es { $path }. Recupérelos desde una copia, o elimínelos; `resguardo verify --all` los vuelve a revisar.
reason-drill-says-no = Un simulacro de restauración del conjunto { $id } no devolvió como se guardó: { $sources }. `resguardo drill { $id } --last` dice lo que encontró. Queda pendiente hasta que termine bien un simulacro de datos igual de recientes, o más.
reason-drill-failed = El último simulacro de restauración, { $run }, falló: { $error }. Queda pendiente hasta que un simulacro termine bien.
reason-drill-not-held = El último simulacro de restauración, { $run }, no se pudo hacer, lo que no dice nada de lo guardado: { $error }.
reason-drill-answer = { $source } se recuperó por completo del conjunto { $id }, pero la respuesta a una de las preguntas que usted definió no es la esperada. `resguardo drill { $id } --last` dice cuál. Queda pendiente hasta que un simulacro reciba la respuesta esperada.
reason-drill-unasked = { $source } se recuperó por completo del conjunto { $id }, pero no se le pudieron hacer todas las preguntas que usted definió. `resguardo drill { $id } --last` dice cuáles faltaron; `resguardo check` las prueba en producción.
reason-media-missing = { $source } se recuperó por completo del conjunto { $id }, pero demasiados de los archivos que nombran sus filas no están en la carpeta de archivos (media) restaurada en el mismo simulacro. `resguardo drill { $id } --last` nombra algunos. Queda pendiente hasta que un simulacro los encuentre, o hasta que el max_missing_percent de ese drill.media_check lo admita.
reason-log = No se puede escribir el registro: { $error }. Las copias de seguridad continúan, pero lo que dicen se pierde.
reason-store-refused = No se puede guardar nada: { $error }.
reason-drill-overdue =
    { $days ->
        [0] Hoy ningún simulacro de restauración comprobó { $sources }: ejecute `resguardo drill`, y vea en el registro por qué no lo hicieron los programados.
        [one] Hace más de un día que ningún simulacro de restauración comprueba { $sources }: ejecute `resguardo drill`, y vea en el registro por qué no lo hicieron los programados.
       *[other] Hace más de { NUMBER($days) } días que ningún simulacro de restauración comprueba { $sources }: ejecute `resguardo drill`, y vea en el registro por qué no lo hicieron los programados.
    }
reason-store = Hay un problema con el almacén: { $trouble }.
reason-damaged = Conjuntos dañados en el almacén: { NUMBER($count) }; el más reciente es { $id }. Su manifiesto no se puede leer, o falta un archivo que nombra o tiene otro tamaño: recupere los archivos desde una copia del almacén, o elimine lo que queda del conjunto con `resguardo discard { $id }`.
reason-disk-low = Queda poco espacio en el disco del almacén: puede que la próxima copia de seguridad no quepa.
reason-clock-behind = El reloj marca una hora anterior al inicio del conjunto más reciente, { $id }. Nada vence hasta que esté en hora.

## Telling: subjects and lines of a message

tell-suspect = copia de seguridad SOSPECHOSA: { $source } tiene mucho menos que antes ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] última buena: hace { $age_seconds }
    })
tell-empty = copia de seguridad NO HECHA: { $source }: la base de datos está vacía ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] última buena: hace { $age_seconds }
    })
tell-braked = copias de seguridad DETENIDAS: { $source }: el programa se cae en cada intento ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] última buena: hace { $age_seconds }
    })
tell-stale = copia de seguridad DEMASIADO ANTIGUA: { $source } ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] última buena: hace { $age_seconds }
    })
tell-failed = la copia de seguridad FALLÓ: { $source }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] { $stale ->
            [yes] la última buena es DEMASIADO ANTIGUA: { $age_seconds }
           *[no] última buena: hace { $age_seconds }
        }
    })
tell-partial =
    { $source ->
        [backup] hubo algo que no se pudo leer
       *[other] { $source }: hubo algo que no se pudo leer
    }
tell-skipped = { $source }: no se hizo la copia de seguridad, porque otra ejecución aún no terminaba
tell-missed = la copia de seguridad NO SE HIZO: { $nights ->
        [one] una noche
       *[other] { NUMBER($nights) } noches
    } sin ningún intento ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] última buena: hace { $age_seconds }
    })
tell-verify =
    { $source ->
        [backup] algo de lo guardado está mal, o no se pudo revisar
       *[other] { $source }: algo de lo guardado está mal, o no se pudo revisar
    }
tell-drill-answer = { $source ->
        [backup] {""}
       *[other] { $source }:{" "}
    }un simulacro de restauración recuperó todo, pero una de sus preguntas no dio la respuesta esperada
tell-drill-warning = { $source ->
        [backup] {""}
       *[other] { $source }:{" "}
    }un simulacro de restauración recuperó todo, con un aviso
tell-over =
    { $source ->
        [backup] todo está bien otra vez
       *[other] { $source }: todo está bien otra vez
    }
tell-since = Desde el { $since }.
tell-was-since = Había empezado el { $since }.
tell-error = Qué falló: { $error }.
tell-hint = Qué hacer: { $hint }
tell-newest-good = La copia de seguridad completa más reciente es { $id }, hecha el { $at }: hace { $age_seconds }.
tell-no-good = No hay ninguna copia de seguridad completa.

## Faults of the configuration: what was expected; key and origin are printed before it.

fault-both = se esperaba solo uno de los dos, esto o { $other }; están ambos
fault-both-passwords = se esperaba una sola contraseña; la dirección de { $other } también trae una
fault-boolean = se esperaba true o false, y hay { $found }
fault-cron = se esperaba una expresión cron de cinco campos que se cumpla al menos una vez, como "0 3 * * *", y hay { $found }
fault-address = se esperaba una dirección de correo, o un nombre y una dirección de correo entre < y >, y hay { $found }
fault-file-unreadable = se esperaba un archivo de configuración que se pueda leer en { $path }: { $error }
fault-glob = se esperaba un patrón como "cache/**", y hay { $found }
fault-integer = se esperaba un número entero de { $min } a { $max }, y hay { $found }
fault-list = se esperaba una lista de textos, como ["a", "b"], y hay { $found }
fault-listen = se esperaba una dirección y un puerto, como "127.0.0.1:8080", y hay { $found }
fault-missing = se esperaba un valor; no hay ninguno
fault-number = se esperaba un número de { $min } a { $max }, y hay { $found }
fault-column = se esperaba una columna como tabla.columna o esquema.tabla.columna, y hay { $found }
fault-no-such-source = se esperaba una fuente configurada ({ $known }), y hay { $name }
fault-name = se esperaba un nombre de letras sin tilde, cifras, ".", "_" y "-" que empiece con letra o cifra, de 63 bytes como máximo, y hay { $found }
fault-name-reserved = se esperaba otro nombre que { $name }, con el que se guardan los roles del servidor; dé a la fuente un nombre propio
fault-name-twice = se esperaba un nombre que no tenga ninguna otra fuente, tampoco con otras mayúsculas; { $name } ya lo usa { $other }
fault-keep-nothing = se esperaba al menos 1, o junto a él una regla de calendario como keep_weekly = 4; 0 por sí solo no conservaría nada
fault-no-source = se esperaba al menos una fuente: defina DATABASE_URL, o POSTGRES_HOST y las que la acompañan, o añada [[postgres]], [[sqlite]], [[media]] o [[files]] en { $path }
fault-no-source-no-file = se esperaba al menos una fuente: defina DATABASE_URL, o POSTGRES_HOST y las que la acompañan, o describa una en un archivo; en { $path } no hay ninguno, y con --config se indica otro
fault-not-utf8 = se esperaba texto en UTF-8
fault-path = se esperaba una ruta, y hay { $found }
fault-secret = se esperaba un texto entre comillas; lo que hay no se muestra
fault-secret-file = se esperaba un archivo que se pueda leer: { $error }
fault-section = se esperaba una sección de claves, [{ $section }]
fault-tables = se esperaban secciones de claves, cada una con su propio [[{ $section }]]
fault-text = se esperaba un texto entre comillas, y hay { $found }
fault-toml = se esperaba TOML, en la línea { $line }, columna { $column }: { $error }
fault-unknown-key = no existe esta clave
fault-unknown-key-near = no existe esta clave; ¿quiso decir { $near }?
fault-url = se esperaba una dirección como postgres://user@host:5432/database o sqlite:///path
fault-url-database = se esperaba una dirección que nombre una base de datos, como postgres://user@host:5432/database
fault-url-encoding = se esperaba una dirección cuyas partes estén en UTF-8 con codificación de porcentaje
fault-url-fragment = se esperaba una dirección sin "#" después de la base de datos; un "#" dentro de la contraseña se escribe %23
fault-url-not-postgres = se esperaba la dirección de una base de datos PostgreSQL; un archivo SQLite es una fuente aparte, [[sqlite]]
fault-url-port = se esperaba un puerto de 1 a 65535 en la dirección; ":", "/", "?", "#" o "%" dentro de la contraseña se escriben %3A, %2F, %3F, %23, %25
fault-url-quoted = se esperaba una dirección sin comillas alrededor; donde docker lee un env_file, son parte del valor
fault-url-scheme = se esperaba una dirección que empiece con postgres://, postgresql://, postgis:// o sqlite://
fault-url-sqlite = se esperaba la ruta de un archivo de base de datos: sqlite:///ruta/relativa o sqlite:////ruta/absoluta
fault-url-sslmode = se esperaba que sslmode fuera uno de: { $words }
fault-url-user = se esperaba una dirección que nombre un usuario, como postgres://user@host:5432/database
fault-word = se esperaba uno de: { $words }; y hay { $found }
fault-zone = se esperaba una zona horaria por su nombre IANA, como "America/Lima", y hay { $found }

notice-near-name = { $name } está definida y aquí no significa nada; ¿quiso decir { $near }?
notice-host-default = { $name } no está definida; se toma { $host }.
notice-password-of-none = { $name } no se usa para ninguna de las bases de datos, porque hay varias configuradas; dé a cada una su propio password o password_file.

## Restoring

restore-from-set = { $source } se restaura desde { $path } ({ $size }) del conjunto { $id }, hecho el { $at }.
restore-from-file = { $source } se restaura desde { $path } ({ $size }), del que ningún conjunto responde.
restore-suspect = Esta copia de seguridad de { $source } es sospechosa: tiene muchísimo menos que la anterior. Se restaura porque usted la nombró.
restore-passed-over = La copia de seguridad más reciente de { $source }, { $id }, se deja de lado: está dañada, es sospechosa o no está completa.
restore-unconfigured = El almacén también tiene { $sources }, que aquí no se configuró y no se restaura: ¿el archivo de configuración es otro (--config o RESGUARDO_CONFIG), o falta una variable, como DATABASE_URL?
restore-left-out = El conjunto también tiene { $sources }, que aquí no se configuró y queda fuera.
restore-companion-lost = Algo que la acompaña no se puede usar y queda fuera: { $error }.
restore-mixed-sets = Estos vienen de conjuntos distintos ({ $parts }): lo que uno menciona puede faltar en otro.
restore-before-hook = Antes de intercambiar lo nuevo y lo antiguo se ejecuta: { $program }
restore-after-hook = Después, pase lo que pase, se ejecuta: { $program }
restore-no-hook = Este programa no detiene la aplicación (restore.before_hook no está definido): deténgala antes, o reiníciela después.
restore-undo = { $old } vuelve a tomar el lugar de { $live }; lo que hay allí ahora se conserva como { $aside }.
restore-undo-hours = Lo escrito desde el { $since } ({ NUMBER($hours) } h) se aparta con ello.
restore-clean =
    { $days ->
        [0] Se elimina { $old } ({ $size }): la copia antigua de { $source } que conservó la restauración { $run } hoy.
        [one] Se elimina { $old } ({ $size }): la copia antigua de { $source } que conservó la restauración { $run }, hace un día.
       *[other] Se elimina { $old } ({ $size }): la copia antigua de { $source } que conservó la restauración { $run }, hace { NUMBER($days) } días.
    }
restore-clean-unsized =
    { $days ->
        [0] Se elimina { $old }: la copia antigua de { $source } que conservó la restauración { $run } hoy. Calcular su tamaño llevaría mucho tiempo.
        [one] Se elimina { $old }: la copia antigua de { $source } que conservó la restauración { $run }, hace un día. Calcular su tamaño llevaría mucho tiempo.
       *[other] Se elimina { $old }: la copia antigua de { $source } que conservó la restauración { $run }, hace { NUMBER($days) } días. Calcular su tamaño llevaría mucho tiempo.
    }
restore-clean-gone =
    { $days ->
        [0] { $old }, que la restauración { $run } de { $source } conservó hoy, no está: se eliminó a mano, o está en otra máquina desde la que se copió este almacén. Se olvida; no se elimina nada.
        [one] { $old }, que la restauración { $run } de { $source } conservó hace un día, no está: se eliminó a mano, o está en otra máquina desde la que se copió este almacén. Se olvida; no se elimina nada.
       *[other] { $old }, que la restauración { $run } de { $source } conservó hace { NUMBER($days) } días, no está: se eliminó a mano, o está en otra máquina desde la que se copió este almacén. Se olvida; no se elimina nada.
    }
restore-clean-stays = De { $source }, lo que dejó la restauración { $run } queda como está: { $why }.
restore-clean-unreadable = No se puede saber qué conservó una restauración anterior, y queda: { $error }.
restore-give-up = Se abandona la restauración { $run } de { $source } ({ $why }): ya nada se ocupa de ella. Puede haber dejado { $names }: mire allí y elimine a mano lo que nadie necesite.
restore-give-up-database = Si { $live } rechaza sesiones: ALTER DATABASE "{ $live }" ALLOW_CONNECTIONS true.
restore-mixed = La restauración { $run } terminó entre una fuente y otra, todas enteras: { $new } está restaurado, { $old } está como estaba. Restaure de nuevo, o deshágala con `resguardo restore --undo`.
restore-mixed-undo = La operación de deshacer { $run } terminó entre una fuente y otra, todas enteras: { $new } volvió a su lugar, { $old } está como estaba. Para completarla: `resguardo restore --undo { $again }`.
restore-clean-final = Después no hay modo de volver a ellas.
restore-settled-new = Una restauración de { $source } se interrumpió mientras se intercambiaba lo nuevo y lo antiguo. Los datos nuevos están en su lugar; los antiguos se conservan.
restore-settled-undo-old = Una operación de deshacer de { $source } se interrumpió antes de que la copia conservada tomara su lugar. Lo que había está como estaba, y la copia sigue conservada: `resguardo restore --undo` la retoma.
restore-settled-clean = La copia antigua de { $source }, cuya eliminación se había interrumpido, está eliminada.
restore-settled-old = Una restauración de { $source } se interrumpió antes de que los datos nuevos ocuparan su lugar. Los datos antiguos están como estaban; de los nuevos no queda nada.
warning-restore-unsettled = Algo no se pudo limpiar o anotar; la próxima ejecución lo intenta de nuevo: { $error }.
warning-restore-stays = { $source } no se pudo devolver a su lugar ({ $error }): los datos nuevos están en uso, los antiguos se conservan. `resguardo restore --undo` lo intenta de nuevo.
warning-restore-aside = Lo que no se pudo mantener en su lugar se intercambió de vuelta. Lo que había allí entretanto se conserva como { $names }: `resguardo restore --clean` lo elimina.
warning-restore-meanwhile = Mientras se intercambiaban los datos, un programa escribió en su lugar. Lo que ya tenía un equivalente en los datos actuales se conserva como { $names }: tome de allí lo que falte; `resguardo restore --clean` lo elimina.
warning-restore-journal = El diario de una restauración no se puede leer: { $error }. Lo que esa restauración creó o conservó lleva { $run } al final de su nombre; `resguardo restore --clean` no puede eliminarlo.
hint-restore-unsettled = Inicie el servidor de base de datos, o monte lo que falta, y ejecute de nuevo el comando: primero se resuelve lo que quedó interrumpido. Donde eso no sea posible, o si este almacén se copió desde otra máquina, `resguardo restore --clean --source { $source }` lo abandona y dice qué puede haber quedado.
hint-restore-unsettled-unconfigured = Configure { $source } de nuevo como estaba, y ejecute otra vez el comando: primero se resuelve lo que quedó interrumpido. O abandónelo con `resguardo restore --clean --source { $source }`, que dice qué puede haber quedado.
hint-restore-kept-unconfigured = Configure { $source } de nuevo como estaba. O haga que se olvide lo que se conserva con `resguardo restore --clean --source { $source }`, que dice qué queda por eliminar a mano.
hint-restore-journal = Recupere el archivo desde una copia del almacén, o use la versión de resguardo que lo escribió. Lo que esa restauración creó o conservó lleva { $run } al final de su nombre: encárguese de ello a mano y después elimine el archivo. Las restauraciones continúan sin él.
hint-restore-gone = Se eliminó a mano, o está en otra máquina desde la que se copió este almacén; en ese caso, deshágalo allí. `resguardo restore --clean` lo olvida.
hint-restore-manifest = Recupere sets/{ $id }.json desde una copia del almacén, o restaure archivos sueltos del conjunto con --db y --media.
hint-restore-damaged = Elija otro conjunto (`resguardo list`), o recupere el archivo desde una copia del almacén. No se cambió nada.
hint-restore-incomplete = Elija otro conjunto, o restáurelo aparte con --to-dir DIR y tome de allí lo que necesite. No se cambió nada.
hint-may-not-read-store = Restaure con un usuario que pueda leer el almacén; puede haber más de lo que se muestra.
hint-restore-no-good = `resguardo list` muestra lo que hay; uno sospechoso cuenta después de `resguardo accept ID`, o se restaura por su conjunto: --set ID.
hint-restore-sources = Las configuradas son: { $known }. La que nace de una variable (DATABASE_URL) solo existe donde esa variable está definida.
hint-restore-choose = Diga cuál con --source NAME: { $choices }.
hint-restore-no-file = Indique una ruta, o el nombre de un archivo de db, media o files en { $dir }. `resguardo list` muestra los conjuntos.
hint-restore-other-engine = Indique un archivo del mismo tipo que la fuente: .sql o .dump de PostgreSQL, un archivo SQLite, un .tar. No se cambió nada.
hint-restore-role = Indíquelo con { $flag }.
hint-restore-twice = Indique para cada fuente un solo archivo a la vez.
hint-restore-to-db = Nombre una base de datos con --source o --db; las carpetas y los archivos van con --to-dir.
hint-restore-aside-database = Dé también a la base de datos un nombre propio con --to-db NAME, o deje fuera { $source } nombrando las demás con --source.
hint-restore-aside-folder = Indique también una carpeta con --to-dir DIR, o deje fuera { $source } nombrando las demás con --source.
hint-restore-within = Indique una carpeta fuera del almacén, de los registros y de las carpetas de la propia aplicación.
hint-restore-to-dir = Nombre lo que va allí con --source o --media; una base de datos va con --to-db.
hint-restore-only = Nombre carpetas o archivos con --source o --media.
hint-restore-hook = Vea restore.{ $hook } en la configuración. Si detuvo la aplicación, revise si está funcionando otra vez.
hint-restore-again = Ejecute de nuevo el comando.
hint-restore-nothing-kept = No se conserva nada con un nombre antiguo, así que no hay nada que devolver ni nada que eliminar.
hint-restore-no-consent = No se cambió nada. Para dar su consentimiento, escriba exactamente lo que se pide.
hint-restore-nobody = No se cambió nada. Ejecute el comando en una terminal, o con --yes.
reason-unconfigured = El almacén tiene copias de seguridad nuevas de { $source }, que aquí no se configuró: ¿el archivo de configuración es otro (--config o RESGUARDO_CONFIG), o falta una variable, como DATABASE_URL?
reason-old-copies =
    { $days ->
        [0] La restauración { $run }, de hoy, todavía conserva lo que reemplazó: { $names }. `resguardo restore --clean` lo elimina, después de preguntar.
        [one] La restauración { $run }, de hace un día, todavía conserva lo que reemplazó: { $names }. `resguardo restore --clean` lo elimina, después de preguntar.
       *[other] La restauración { $run }, de hace { NUMBER($days) } días, todavía conserva lo que reemplazó: { $names }. `resguardo restore --clean` lo elimina, después de preguntar.
    }
reason-restore-unsettled = La restauración { $run } de { $source } se interrumpió y todavía no se resolvió. La próxima ejecución la resuelve; también lo hace cualquier `resguardo restore`.
reason-restore-unsettled-why = La restauración { $run } de { $source } se interrumpió y no se puede resolver: { $why }. Se intenta de nuevo en cada ejecución; `resguardo restore --clean --source { $source }` la abandona.
cli-restore-type = Para dar su consentimiento, escriba: { $name }
cli-restore-one-source = Con --source, indique un archivo y una fuente, para que quede claro cuál va adónde.
cli-restore-done = Restaurado: { $sources }
cli-restore-restart = Reinicie ahora la aplicación: puede tener conexiones abiertas, y en caché lo que había antes.
cli-restore-backup = Después haga una copia de seguridad: `resguardo backup`
cli-restore-undo = Se conserva: { $old }. Para volver a eso: resguardo restore --undo
cli-restore-clean = Para eliminarlo cuando todo esté bien: resguardo restore --clean
cli-restore-cleaned = Eliminado; se liberaron { $size }.

## Restoring a PostgreSQL database

restore-database-stands = En { $server } está ahora la base de datos { $database }: { $size }; tablas: { NUMBER($tables) }, sesiones: { NUMBER($sessions) }.
restore-database-none = En { $server } todavía no hay una base de datos { $database }.
restore-database-beside = La copia se carga en una base de datos propia, { $new }, y se compara; solo entonces pasa a ser { $database }.
restore-database-kept = Lo que hay ahora en { $database } se conserva como { $old } hasta que usted lo elimine; lo que se escriba desde ahora hasta el intercambio queda solo allí.
restore-database-sessions = En el intercambio se terminan todas las sesiones de { $database }, y las nuevas se rechazan durante cinco segundos como máximo.
restore-room = Espacio en el servidor: se necesitan { $needed }, hay { $free } libres.
restore-room-unseen = Espacio en el servidor: se necesitan { $needed }; no se puede ver cuánto hay libre. Un disco que se llena detiene todas las bases de datos que están en él.
warning-restore-roles = El rol { $user } no es superusuario: { $role } y otros roles que trae el conjunto pueden crearse sin sus permisos y contraseñas, o no crearse.
warning-restore-passwords = Estos roles se crean sin contraseña, porque el conjunto no tiene ninguna: { $roles }. Nadie puede entrar con uno de ellos hasta que se le ponga una: ALTER ROLE { $first } PASSWORD '…'.
warning-restore-tablespace = El tablespace { $tablespace } no está en este servidor: lo que había en él quedará en el predeterminado.
forecast-standby = se rechazaría una restauración, porque este servidor es una réplica: debe ir al primario
forecast-createdb = una restauración no puede cargar junto a la base de datos actual, porque el rol { $user } no puede crear una: ALTER ROLE "{ $user }" CREATEDB
forecast-ownership = se rechazaría una restauración, porque el rol { $user } no puede actuar por el propietario de la base de datos: GRANT "{ $owner }" TO "{ $user }"
forecast-room = una restauración no puede ver el espacio en el disco del servidor, y exigiría --assume-room: monte ese disco solo para lectura e indíquelo en data_volume, o use GRANT pg_execute_server_program TO "{ $user }", que le permite ejecutar programas allí
forecast-owners = se rechazaría una restauración hecha por este usuario, porque { $first } pertenece a { $owner }, lo que solo root puede fijar: restaure como root, o con --no-owner, y todo pertenecerá al usuario con el que se ejecuta resguardo
hint-restore-standby = Indique en la configuración el servidor primario: una réplica lo sigue.
hint-restore-createdb = Permita que el rol cree la base de datos junto a la antigua: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-ownership = Permita que el rol actúe por el propietario: GRANT "{ $owner }" TO "{ $user }", o restaure como superusuario.
hint-restore-missing-role = Créelo: CREATE ROLE "{ $role }", o restaure desde un conjunto que tenga los roles del servidor, con un rol que pueda crearlos.
hint-restore-exists = Indique una base de datos que todavía no exista: { $database } ya existe.
hint-restore-taken = Renombre o elimine la base de datos { $database } si nadie la necesita, e inténtelo de nuevo.
hint-restore-name = Dé a la base de datos un nombre de 1 a { $max } bytes.
hint-restore-closed = Deje entrar de nuevo a las sesiones: ALTER DATABASE "{ $database }" ALLOW_CONNECTIONS true. Alguien las cerró a propósito, o una restauración terminó antes de poder abrirlas.
hint-restore-unreadable = La base de datos nueva toma las propiedades de { $database }, que no se pueden leer. Dele a esta otro nombre, ALTER DATABASE "{ $database }" RENAME TO "{ $database }_damaged", y restaure de nuevo: entonces se toman las propiedades del propio conjunto.
hint-restore-prepared = Conéctese a { $database } y termínela: ROLLBACK PREPARED '{ $gid }', o COMMIT PREPARED '{ $gid }'.
hint-restore-slot = Quien lee por ella seguiría leyendo la copia antigua. Detenga al lector y elimine la ranura: SELECT pg_drop_replication_slot('{ $slot }').
hint-restore-subscription = Seguiría escribiendo en la copia antigua. Elimínela en { $database }: DROP SUBSCRIPTION "{ $subscription }".
hint-restore-session = Permita que el rol termine las sesiones de { $who }: GRANT pg_signal_backend TO "{ $user }"; las de un superusuario termínelas usted, o restaure como uno.
hint-restore-busy = Lo que había está como estaba, y todos pueden entrar de nuevo. Termine el proceso { $pid } del servidor de base de datos, o espere a que termine, e inténtelo de nuevo.
hint-restore-at-work = El servidor de base de datos sigue ocupado con lo que le pidió un intento anterior; el próximo arranque o la próxima ejecución intenta resolverlo de nuevo. Si sigue fallando, el proceso { $pid } del servidor no reacciona: vea qué espera.
hint-restore-left = Puede que quede { $databases }: el próximo arranque o la próxima ejecución lo elimina. Si sigue fallando, un proceso del servidor no reacciona (detenido, o a la espera de un disco): termínelo.
hint-restore-extension-missing = Instale la extensión { $extension } en la máquina o la imagen del servidor de base de datos, en la versión que corresponda al servidor.
hint-restore-extension = Restaure como superusuario: el rol { $user } no puede crear la extensión { $extension }.
hint-restore-locale = Instale la configuración regional { $locale } ({ $provider }) en la máquina o la imagen del servidor de base de datos, o cree usted mismo la base de datos con otra y cargue el volcado como explica RESTORE.md.
hint-restore-older-server = Restaure en un servidor de la versión { $dumped } o más nuevo; un servidor { $server } no entiende lo que escribió uno más nuevo.
hint-restore-properties = A la base de datos nueva no se le pudo dar un ajuste o permiso que tiene la antigua, así que no se intercambió nada: permita que el rol { $user } lo ponga, o restaure como superusuario.
hint-restore-server-room = Haga espacio en el disco de los datos del servidor: se necesitan { $needed }, hay { $free } libres. Las copias antiguas de una restauración se van con `resguardo restore --clean`.
hint-restore-room-unseen = Asegúrese de que haya { $needed } libres en el disco de los datos del servidor y dígalo con --assume-room; o monte aquí ese disco e indíquelo en data_volume; o permita que el rol pregunte al servidor (GRANT pg_execute_server_program TO seguido del rol, que le permite ejecutar programas allí).
hint-restore-room-low = La carga se terminó cuando quedaban { $free }, y lo que había cargado se eliminó: haga espacio, la base de datos es más grande que antes.
hint-restore-data-volume = Revise que el disco de los datos del servidor esté montado en { $path }, el data_volume de la configuración.
hint-restore-differs = Lo que se cargó no es lo que se guardó, así que se eliminó; lo que había está como estaba. Verifique el conjunto y restaure otro.

# Single tables of a PostgreSQL database.
restore-table-beside = La tabla { $table } de la copia (filas: { NUMBER($coming) }) se pone en la base de datos { $database } de { $server } como { $new }: columnas y filas, para mirar y copiar, sin valores predeterminados, índices, claves ni políticas. No se toca nada más.
restore-table-replace = Las filas de { $table } en la base de datos { $database } de { $server }, que ahora son { NUMBER($rows) }, se reemplazan por las de la copia, { NUMBER($coming) }. Las actuales se conservan como { $old }, hasta `resguardo restore --clean`. Durante ese tiempo todos los demás esperan por la tabla, y no se activan sus disparadores.
restore-table-load = La copia entera se carga en una base de datos propia, { $new }, se compara, y se elimina cuando las filas están en { $database }.
hint-restore-table = Use --table con una sola base de datos PostgreSQL, con --set, --latest o --db y, si hay varias, --source; --replace solo junto con --table. Para cargar una base de datos entera en otro lugar use --to-db sin --table.
hint-restore-table-whole = Restaure la base de datos entera: resguardo restore --latest --source { $source }
hint-restore-table-taken = Revise si todavía se necesita, y elimínela: DROP TABLE { $table }
hint-restore-table-create = Permita que el rol cree tablas allí: GRANT USAGE, CREATE ON SCHEMA "{ $schema }" TO "{ $user }".
hint-restore-table-schema = Créelo: CREATE SCHEMA "{ $schema }". O restaure la base de datos entera aparte, con --to-db NAME.
hint-restore-table-gone = Restáurela sin --replace; viene como tabla propia, de la cual copiar a una { $table } nueva.
hint-restore-table-kind = Las vistas y las tablas foráneas no tienen filas propias.
hint-restore-table-partition = Reemplace la tabla de la que es partición, o restáurela sin --replace y copie de ella.
hint-restore-table-owner = Permita que el rol actúe por el propietario: GRANT "{ $owner }" TO "{ $user }", o restaure como superusuario.
hint-restore-table-key-owner = Permita que el rol { $user } actúe por el propietario de { $table }, o restaure como superusuario, o restaure sin --replace y copie de la tabla restaurada.
hint-restore-table-key-off = Actívela de nuevo: ALTER TABLE { $table } ENABLE TRIGGER ALL. O restaure sin --replace y copie de la tabla restaurada.
hint-restore-table-column = Restáurela sin --replace y copie lo que necesite, o devuelva a { $table } su columna { $column } mientras dure la restauración.
hint-restore-table-required = Restáurela sin --replace y copie lo que necesite; o permita que la columna { $column } de { $table } quede vacía, o dele un valor predeterminado, mientras dure la restauración.
hint-restore-table-type = Cree de nuevo el tipo { $type }, o restaure la base de datos entera aparte, con --to-db NAME. Lo que hay está como estaba.
hint-restore-table-several = Diga cuál: { $tables }.
hint-restore-table-near = Las más parecidas que tiene: { $tables }. Escriba NAME o SCHEMA.NAME, con las mayúsculas y minúsculas tal cual. Una tabla hecha de particiones que ya no está vuelve con su base de datos, --to-db NAME.
hint-restore-table-none = La copia no tiene tablas.
hint-restore-table-lost = Alguien eliminó o renombró { $table }, o la base de datos se intercambió desde entonces. No se cambió nada.
hint-restore-table-key = Hay filas de { $from } que se refieren a filas de { $to } que no estarían, así que no se cambió nada: reemplace las dos tablas a la vez (--table dos veces), o restaure sin --replace y copie lo que necesite; o quite antes la clave { $key }.
hint-restore-table-locked = No se cambió nada. Espere a que la sesión { $pid } de { $who } termine su transacción, o termínela: SELECT pg_terminate_backend({ $pid }). Después inténtelo de nuevo.
cli-restore-table = Lo restaurado es una tabla propia: tome de ella lo que necesite (INSERT INTO … SELECT … FROM) y después elimínela.

## Replacing a PostgreSQL database in place

restore-in-place = El rol { $user } no puede crear una base de datos, así que { $database } se reemplaza en su lugar, en una sola transacción: nada de ella vale antes de que la copia se haya leído hasta el final y todas las cuentas coincidan, y lo que falle hasta entonces deja todo como está.
restore-in-place-waits = Sus sesiones se terminan al comienzo y al final; entretanto, quien pregunte espera.
restore-in-place-extensions = Estas extensiones pertenecen a otro rol y quedan como están: { $extensions }.
restore-in-place-schemas = Estos esquemas pertenecen a otro rol: se reemplaza lo que contienen; su propietario y sus permisos quedan: { $schemas }.
restore-safety = Antes se toma una copia previa de { $source }, y se vuelve a leer: es el único modo de volver atrás. Lo que se escriba después de que empiece se pierde: detenga antes la aplicación.
restore-no-safety = NO SE TOMA NINGUNA COPIA PREVIA: lo que hay ahora en { $source } se pierde para siempre una vez reemplazado.
restore-way-back = Lo que había antes en { $source } se conserva en el conjunto { $set }, fijado. Para recuperarlo: resguardo restore --set { $set } --source { $source }
restore-safety-left = De lo que hay en { $source } se hizo una copia antes de la restauración que no se hizo: el conjunto { $set } está fijado. Cuando nadie lo necesite: resguardo unpin { $set }
restore-settled-old-safety = Una restauración de { $source } se interrumpió antes de que los datos nuevos ocuparan su lugar. Los datos antiguos están como estaban; también están en el conjunto { $set }, fijado: cuando nadie lo necesite, `resguardo unpin { $set }`.
hint-restore-undo-in-place = Una restauración reemplazó { $source } en su lugar, y lo que había antes está en el conjunto { $set }: resguardo restore --set { $set } --source { $source }
restore-settled-in-place = Una restauración de { $source } se interrumpió al final. Los datos nuevos están en su lugar; lo que había antes está en el conjunto { $set }: `resguardo restore --set { $set } --source { $source }`.
restore-settled-in-place-bare = Una restauración de { $source } se interrumpió al final. Los datos nuevos están en su lugar; de lo que había antes no se conserva nada, como se pidió.
hint-restore-safety = No se cambió nada. Vea por qué no se puede hacer una copia de seguridad de { $source }; o diga --no-safety-backup, donde lo que hay ahora se puede perder.
hint-restore-foreign = Permita que el rol actúe por el propietario: GRANT "{ $owner }" TO "{ $user }"; o permita que el rol cree una base de datos junto a esta: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-closed-table = Permita que el rol la llene: GRANT INSERT, DELETE ON { $table } TO "{ $user }"; o permita que el rol cree una base de datos junto a esta: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-locks = Permita más bloqueos por transacción: ALTER SYSTEM SET max_locks_per_transaction = { $enough }, y reinicie el servidor de base de datos; o permita que el rol cree una base de datos junto a esta (CREATEDB).
hint-restore-session-stays = Lo que habría cambiado no lo ve nadie. Termine ese proceso del servidor de base de datos, o espere a que termine, y ejecute de nuevo el comando.

## Drills

hint-drill-held = Otro simulacro está en curso. Termina por sí solo; después, `resguardo drill --last` muestra lo que encontró.
hint-drill-dir = Indique en drill.dir una carpeta de un disco donde resguardo pueda escribir, fuera del almacén y de lo que se copia; { $path } no sirve.
hint-drill-no-room = Libere al menos { $needed } en el volumen de { $path }, o indique en drill.dir uno más grande.
hint-drill-failed = No confíe en este conjunto. Haga un simulacro con uno anterior (`resguardo drill ID`) para saber cuál está bueno, y averigüe después qué le pasó a este: `resguardo verify ID` dice si sus bytes cambiaron en el almacén.
warning-media-missing = Archivos que { $column } nombra y que faltan en { $media }: { NUMBER($missing) } de { NUMBER($named) }, por ejemplo { $examples }
hint-drill-answer = Los datos de este conjunto volvieron como se guardaron: la copia es tan buena como antes. Si se perdieron filas, corrija producción desde un conjunto anterior; si la respuesta de ahora es la correcta, indíquela en { $keys } como la esperada.
hint-drill-unasked = Esto no dice nada del conjunto. Corrija `sql` de { $keys } en la configuración; `resguardo check` lo prueba en producción.
warning-proof-skipped = Una comprobación de { $source } se omitió, lo que no es un éxito: { $what }: { $why }
drill-none-yet = Ningún simulacro ha averiguado nada todavía. `resguardo drill` hace uno.
drill-last-not-held = El último simulacro, { $run }, no averiguó nada: { $error }
drill-page-head = SIMULACRO DE RESTAURACIÓN { $run }
drill-page-set = Conjunto: { $id }, hecho el { $at }
drill-page-one-set = Conjunto: { $id }, hecho el { $at }: { $sources }
drill-page-held = Realizado: del { $from } al { $until }, por resguardo { $version }
drill-page-proven =
    { $count ->
        [0] Resultado: COMPROBADO{ $warned }. No había ninguna fuente.
        [one] Resultado: COMPROBADO{ $warned }. La única fuente se restauró y se encontró como se guardó.
       *[other] Resultado: COMPROBADO{ $warned }. Las { NUMBER($count) } fuentes se restauraron y se encontraron como se guardaron.
    }
drill-page-in-part = Resultado: NO COMPROBADO{ $warned }. Fuentes con las que no se pudo hacer el simulacro: { NUMBER($not_held) } de { NUMBER($count) }; las demás se encontraron como se guardaron.
drill-page-failed = Resultado: NO{ $warned }. Fuentes que no volvieron como se guardaron: { NUMBER($failed) } de { NUMBER($count) }.
drill-page-doubted = Resultado: COMPROBADO, PERO NO COMO SE ESPERABA{ $warned }. Fuentes que se restauraron y se encontraron como se guardaron: todas ({ NUMBER($count) }). De { $sources }, alguna respuesta a las preguntas que usted definió no es la esperada.
drill-page-source-proven = { $source } ({ $kind }): comprobado
drill-page-one-warning = , con un aviso ({ $which })
drill-page-warnings =
    { $warnings ->
        [one] , con un aviso ({ $which })
       *[other] , con { NUMBER($warnings) } avisos ({ $which })
    }
drill-page-missing-files = { $source }: faltan archivos que sus filas nombran
drill-page-unasked = { $source }: hubo preguntas que no se pudieron hacer
drill-page-skipped-proof = { $source }: prueba omitida: { $what }
drill-page-source-doubted = { $source } ({ $kind }): comprobado, pero no como se esperaba
drill-page-source-failed = { $source } ({ $kind }): NO VOLVIÓ COMO SE GUARDÓ
drill-page-source-not-held = { $source } ({ $kind }): no se pudo hacer el simulacro
drill-page-restored = restaurado en { $time }
drill-page-ok = bien
drill-page-no = MAL
drill-page-skipped = omitido
drill-page-remark = observación: { $remark }
drill-page-error = Por qué: { $error }
drill-page-rto = Tiempo de restauración (RTO): { $time }, una fuente tras otra
drill-page-no-rto = Tiempo de restauración (RTO): ninguno, porque no todo volvió
drill-page-rpo = Datos en riesgo (RPO): { $time }, la antigüedad del conjunto cuando empezó el simulacro
drill-page-rpo-of = Datos en riesgo (RPO): { $time } de { $sources }, la antigüedad del conjunto { $id } cuando empezó el simulacro
drill-page-peak = Disco ocupado: { $size } como máximo

## The drill: what stops it, what is odd in production

hint-drill-no-server = Instale los programas del servidor PostgreSQL (initdb, postgres) de la versión { $major } o más nuevos donde se hace el simulacro, junto a psql y pg_dump.
hint-drill-locale = Instale la configuración regional { $locale } ({ $provider }) donde se hace el simulacro: su servidor debe ordenar como el de producción.
hint-drill-extension = Instale la extensión { $extension } para PostgreSQL { $major } donde se hace el simulacro: su servidor debe conocerla como el de producción.
hint-drill-shut = Deje que otros pasen por { $path } (chmod o+x): el servidor del simulacro no se ejecuta como root, y sus datos están dentro de ella.
hint-drill-become = Permita que resguardo pase a ser el usuario postgres y termine lo que este ejecuta (en un contenedor: cap_add SETUID, SETGID y KILL), o ejecútelo con ese usuario: PostgreSQL se niega a ejecutarse como root.
hint-drill-nameless = Instale libnss-wrapper donde se hace el simulacro (apt-get install libnss-wrapper), o dé allí un nombre al usuario: echo 'resguardo:x:{ $user }:{ $group }::/nonexistent:/bin/false' >> /etc/passwd
hint-drill-preload = El conjunto no dice qué bibliotecas carga el servidor de producción al arrancar (shared_preload_libraries), y al del simulacro le falta esta. Esto no dice nada de la copia de seguridad: haga este simulacro a mano, en un servidor que la cargue.
hint-drill-rights = Haga que la carpeta del simulacro sea de { $user } (como root: install -d -o { $user } { $dir }), o indique en drill.dir una en la que ese usuario pueda escribir.
hint-drill-left = Un simulacro anterior lo hizo otro usuario: como root, `{ $line }`, y que un solo usuario haga todos los simulacros en { $dir }; ahora es { $user }.
hint-drill-left-on-host = Un simulacro anterior lo hizo otro usuario: en la máquina anfitriona, donde está el archivo de compose, `sudo { $line }` (lo que está montado en { $mount }), y que un solo usuario haga todos los simulacros en { $dir }; ahora es { $user }.
hint-drill-died = Vea en el registro del sistema por qué terminó; lo más frecuente es que se acabó la memoria o que alguien lo terminó. Esto no dice nada de la copia de seguridad.
hint-drill-room = El simulacro se terminó cuando quedaban { $free } en el volumen de { $path }: libere espacio allí, o indique en drill.dir uno más grande. Esto no dice nada de la copia de seguridad.
remark-foreign-keys = Filas que nombran otras que no existen: { NUMBER($count) }; la primera está en { $table }.
remark-not-valid = Restricciones que nunca se comprobaron con todas las filas (NOT VALID): { NUMBER($count) }; la primera es { $constraint }.
remark-index-not-valid = Índices de tablas particionadas que no tienen todas las particiones: { NUMBER($count) }; el primero es { $index }.
remark-sequence-behind = La secuencia { $sequence } está en { $value }, y { $column } ya contiene { $max }: las filas nuevas pueden chocar.
remark-drill-unconfined = Este núcleo no puede limitar el servidor del simulacro a sus propios archivos (Landlock, Linux 5.13 o más nuevo): las funciones del volcado podrían llegar a lo que puede el usuario del servidor.
remark-drill-network = Este núcleo no puede apartar de la red el servidor del simulacro (Landlock, Linux 6.7 o más nuevo): las funciones del volcado podrían llegar a otros servidores.
remark-left-empty = Vistas materializadas que el simulacro dejó vacías, porque esta base de datos puede consultar otros servidores: { NUMBER($count) }. No se comprobaron.

## The page

page-language = es
page-healthy = Sus datos están a salvo.
page-warning = Hay copia de sus datos, pero algo requiere su atención.
page-under-way = Se está haciendo una copia de seguridad.
page-stale = Su copia de seguridad más reciente es demasiado antigua.
page-never = Todavía no hay ninguna copia de seguridad completa.
page-empty = Una base de datos está vacía.
page-out-of-reach = No se pueden ver las copias.
page-suspect = Algo no cuadra en su copia de seguridad más reciente.
page-all-stored = Se guardó copia de todo { $ago }, el { $at }.
page-nothing-of = Todavía no hay nada guardado de { $sources }.
page-all-proven = Se restauró todo, como prueba, { $ago }; tomó { $time }.
page-unproven = Todavía no se ha comprobado con una restauración: { $sources }. Lo hace `resguardo drill`.
page-disproven = En su último simulacro de restauración, esto NO volvió como se guardó: { $sources }.
page-next-backup = La próxima copia de seguridad empieza el { $at }.
page-ago-now = hace un momento
page-ago-minute = hace un minuto
page-ago-minutes =
    { $count ->
        [one] hace un minuto
       *[other] hace { NUMBER($count) } minutos
    }
page-ago-hour = hace una hora
page-ago-hours =
    { $count ->
        [one] hace una hora
       *[other] hace { NUMBER($count) } horas
    }
page-ago-days =
    { $count ->
        [one] hace un día
       *[other] hace { NUMBER($count) } días
    }
page-reasons = Lo que requiere su atención
page-sources = Lo que se guarda
page-source = Fuente
page-newest = Copia más reciente
page-size = Tamaño
page-growth = { $by } por semana
page-growth-none = casi nada
page-course = Evolución
page-size-course = El tamaño guardado a lo largo del tiempo, de { $from } a { $to }
page-proof = Prueba de restauración
page-proof-none = todavía ninguna
page-proof-good = volvió entera
page-proof-bad = NO volvió entera
page-none-yet = todavía ninguna
page-nights = Un año, noche a noche
page-night-good = buena
page-night-partial = a medias
page-night-failed = fallida
page-night-none = sin copia
page-nights-summary = Noches del año que termina hoy: buenas, { NUMBER($good) }; a medias, { NUMBER($partial) }; fallidas, { NUMBER($failed) }; sin copia, { NUMBER($none) }.
page-bad-nights = Las noches que no fueron buenas
page-durations = Cuánto tarda una copia de seguridad
page-durations-told = La última tardó { $last }; la más larga, { $longest }.
page-next = Lo que viene
page-running = { $job }: en curso desde el { $at }.
page-due = { $job }: el { $at }.
page-job-backup = Copia de seguridad
page-job-prune = Depuración de conjuntos antiguos
page-job-verify = Verificación
page-job-restore = Restauración
page-job-drill = Simulacro de restauración
page-drills = Simulacros de restauración
page-drill-good = El conjunto { $id } volvió entero en { $time }.
page-drill-bad = El conjunto { $id } NO volvió entero: { $sources }.
page-copies = Dónde están las copias
page-store-away = No se puede llegar a la carpeta de las copias, { $dir }.
page-stored =
    { $sets ->
        [one] En la carpeta { $dir } de este servidor: un conjunto, { $size }. Libres allí: { $free } de { $total }.
       *[other] En la carpeta { $dir } de este servidor: { NUMBER($sets) } conjuntos, { $size }. Libres allí: { $free } de { $total }.
    }
page-room =
    { $nights ->
        [0] Ya no hay espacio para otra noche como la última.
        [one] Hay espacio para apenas una noche más como la última.
       *[other] Hay espacio para unas { NUMBER($nights) } noches más como la última.
    }
page-nowhere-else = No hay copias en ningún otro lugar: de vez en cuando, lleve una fuera del edificio.
page-as-of = Al { $at } ({ $zone }).
page-unanswered = resguardo ya no responde.

## Rights, with the line that mends them

hint-no-right-line = El programa se ejecuta como { $user } y no puede escribir en { $path }. Como root: `{ $line }`.
hint-no-right-on-host = El programa se ejecuta como { $user } en su contenedor y no puede escribir en { $path }. En la máquina anfitriona, donde está el archivo de compose: `sudo { $line }` (lo que está montado en { $mount }).
hint-may-not-read-own = El programa se ejecuta como { $user } y no puede leer { $path }. Como root: `{ $line }`.
hint-may-not-read-own-on-host = El programa se ejecuta como { $user } en su contenedor y no puede leer { $path }. En la máquina anfitriona, donde está el archivo de compose: `sudo { $line }` (lo que está montado en { $mount }).
hint-may-not-read-line = El programa se ejecuta como { $user } y no puede leer { $path }. Como root: `{ $line }`; si la aplicación escribe después algo con permisos solo para su propietario, el programa debe ejecutarse como ese propietario, o como root.
hint-may-not-read-group = El programa se ejecuta como { $user } en su contenedor y no puede leer { $path }, pero otro grupo sí. En .env.prod, en la máquina anfitriona: `{ $line }`; después haga a ese usuario propietario de las copias de seguridad y los registros, y cree de nuevo el contenedor: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (reiniciarlo no cambia nada).
hint-may-not-read-root = El programa se ejecuta como { $user } en su contenedor y no puede leer { $path }, ni puede ningún grupo. En docker-compose.prod.yml, en la máquina anfitriona, ponga las dos líneas que están comentadas en services.backup en lugar de su user: `user: "0:0"` y `cap_add: [DAC_OVERRIDE, CHOWN, FOWNER, SETUID, SETGID, KILL]`, y cree de nuevo el contenedor: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (reiniciarlo no cambia nada).

## Memory

hint-killed-at-limit = El sistema terminó { $program } porque se acabó la memoria; se le permiten { $limit }. Aumente el límite: mem_limit del servicio en el archivo de compose, o MemoryMax en una unidad de systemd. `resguardo check` dice cuánto necesita la fila más ancha.
hint-killed-for-memory = El sistema terminó { $program } porque se acabó la memoria: dé más a la máquina, o haga que otros programas ocupen menos.
forecast-wide-row = el sistema puede terminar un volcado por falta de memoria: la fila más ancha, en { $table }, tiene { $row }, pg_dump necesita unas cuatro veces eso, y para todo se permiten { $limit }; aumente el límite a { $enough } (mem_limit en el archivo de compose, o MemoryMax en una unidad de systemd)
forecast-wide-row-unknown = no se sabe si a un volcado le alcanza la memoria, de la que se permiten { $limit }: en { $seconds } s no se pudieron ver todas las filas anchas, y pg_dump necesita unas cuatro veces la más ancha

## Correo completo
mail-fact-place = Lugar
mail-fact-source = Fuente
mail-fact-at = Hora
mail-log = Las últimas líneas del registro:
mail-tone-good = Resuelto
mail-tone-note = Para su conocimiento
mail-tone-warning = Requiere su atención
mail-tone-critical = Requiere atención inmediata
mail-tone-test = Una prueba
warning-untold = No se pudo avisar «{ $subject }» por { $channel }; se volverá a intentar: { $error }.
warning-withheld = «{ $subject }» espera hasta mañana: { $channel } ya avisó todo lo que puede por hoy (max_per_day).
warning-given-up = «{ $subject }» nunca se avisó por { $channel }: esperó demasiado, o había demasiado en espera.
reason-untold = No se puede avisar a nadie por { $channel } desde el { $since }: { $error }.
reason-untold-hinted = No se puede avisar a nadie por { $channel } desde el { $since }: { $error }. { $hint }
## When to speak

tell-failed-run = la copia de seguridad FALLÓ antes de empezar con ninguna fuente{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] última buena: hace { $age_seconds }
    })
tell-still-failed = la copia de seguridad SIGUE FALLANDO, { $nights ->
        [one] una noche
       *[other] { NUMBER($nights) } noches seguidas
    }: { $source }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] { $stale ->
            [yes] la última buena es DEMASIADO ANTIGUA: { $age_seconds }
           *[no] última buena: hace { $age_seconds }
        }
    })
tell-nights =
    { $nights ->
        [one] Ya va una noche que falla.
       *[other] Ya van { NUMBER($nights) } noches seguidas que falla.
    }
tell-cause-changed = Ahora la causa es otra. La última vez que se avisó era: { $before }
tell-missed-one = Nadie intentó hacer la copia de seguridad de { $sources } cuando tocaba: { $from }.
tell-missed-all = Nadie intentó hacer la copia de seguridad de { $sources } cuando tocaba: la primera vez, { $from }; la última, { $until }.
tell-missed-made-up = Ya se recuperó.
tell-missed-running = Se está recuperando ahora.
tell-missed-next = La próxima copia de seguridad toca el { $at }.
tell-missed-why = ¿Estuvo apagado el equipo, o detenido el servicio? Revise si ambos vuelven a arrancar por sí solos.
tell-disk-full =
    { $days ->
        [0] el disco de las copias de seguridad queda LLENO con la próxima
        [one] el disco de las copias de seguridad se LLENA en un día
       *[other] el disco de las copias de seguridad se llena en { NUMBER($days) } días
    }
tell-drill-no = un simulacro de restauración FALLÓ: lo que volvió no es lo que se guardó
tell-drill-not-held = no se pudo hacer un simulacro de restauración
tell-drill-overdue = demasiado tiempo sin un simulacro de restauración
tell-unusual-bytes = { $source }: la última copia de seguridad no es como las demás: { $now_bytes } en vez de unos { $usual_bytes }
tell-unusual-rows = { $source }: la última copia de seguridad no es como las demás: { NUMBER($now_rows) } filas en vez de unas { NUMBER($usual_rows) }
tell-unusual-why = Cuenta como buena. Si usted sabe por qué cambió tanto, no hay nada que hacer; esto se dice una sola vez.
tell-proof-well =
    { $sets ->
        [one] todo está bien: se guarda un conjunto
       *[other] todo está bien: se guardan { NUMBER($sets) } conjuntos
    }
tell-proof-open =
    { $open ->
        [one] informe: una cosa NO está bien
       *[other] informe: { NUMBER($open) } cosas NO están bien
    }
reason-disk-filling =
    { $days ->
        [0] En el disco del almacén no hay espacio para la próxima copia de seguridad. Libere espacio, conserve menos conjuntos o mueva el almacén a un disco más grande.
        [one] El disco del almacén se llena en un día si todo sigue así. Libere espacio, conserve menos conjuntos o mueva el almacén a un disco más grande.
       *[other] El disco del almacén se llena en { NUMBER($days) } días si todo sigue así. Libere espacio, conserve menos conjuntos o mueva el almacén a un disco más grande.
    }
## Webhooks y latido

fault-http-address = se esperaba una dirección que empiece con https:// o http:// y nombre un servidor
fault-hook-twice = se esperaba un nombre que no tenga ningún otro webhook, tampoco con otras mayúsculas; { $name } ya lo usa { $other }
fault-template = se esperaba uno de: { $words }; o la ruta de un archivo; y hay { $found }
fault-template-near = se esperaba uno de: { $words }; o la ruta de un archivo; y hay { $found }; ¿quiso decir { $near }?
fault-template-place = se esperaba uno de estos entre las llaves de { $path }: { $known }; y hay { $found }
fault-template-place-near = se esperaba un nombre conocido entre las llaves de { $path }, y hay { $found }; ¿quiso decir { $near }?
fault-template-limit = se esperaba un número entero de caracteres tras los dos puntos, como en text:1500, en { $path }; y hay { $found }
fault-template-open = se esperaban dos llaves de cierre tras las dos que se abren en la línea { $line } de { $path }
fault-template-json = se esperaba que { $path } fuera JSON una vez completado, con cada nombre entre comillas salvo priority: { $error }; un archivo de texto simple termina en .txt
fault-chat-of-nobody = no se esperaba ningún chat: solo lo pide la plantilla telegram
hint-http-address-file = Haga que el usuario con el que se ejecuta resguardo pueda leer el archivo que guarda la dirección o el token, y verifique que contenga uno.
hint-http-certificate = El certificado de ese servidor no es de confianza para este nombre: agregue su autoridad a los certificados del sistema, o nombre el servidor como lo hace su certificado.
hint-http-forbidden = Allí no aceptan el token, o la dirección que lo contiene: cree uno nuevo e indíquelo a resguardo.
hint-http-gone = En esta dirección ya no responde nada: verifique que esté completa, o cree una nueva.
hint-http-not-taken = Lo enviado no es lo que allí se recibe: verifique que la plantilla sea la que corresponde, y su chat donde lo tenga.
hint-http-redirected = Indique a resguardo la dirección a la que lleva: una que es secreta no se entrega a otro.
hint-http-unreachable = Verifique que la dirección nombre el servidor y el puerto correctos, y que se pueda llegar a él desde este equipo.
check-heartbeat = { $host } se entera de cada copia de seguridad (`--mail` deja una línea allí)
check-heartbeat-sent = { $host } aceptó una línea para su registro: { $answer }
check-heartbeat-text = Esta es la línea que deja `resguardo check --mail`.
## Spans of time

span-days =
    { $count ->
        [1] 1 día
       *[other] { NUMBER($count) } días
    }

## The page: what to do, and what is ahead

page-store-growth = Crecimiento: { $by }.
page-full-in =
    { $days ->
        [0] En el disco no cabe la próxima copia de seguridad.
        [1] A este paso, el disco se llena en un día.
       *[other] A este paso, el disco se llena en { NUMBER($days) } días.
    }
page-full-far = A este paso, hay espacio para más de { NUMBER($days) } días.
page-do-again = Se volverá a intentar automáticamente; para hacerlo de inmediato: `resguardo backup --source { $source }`.
page-do-log = El final de logs/backup.log dice por qué.
page-do-verify = `resguardo verify --all` vuelve a leerlo todo.
page-do-backup = Vea al final de logs/backup.log por qué no se hizo ninguna, y haga una ahora: `resguardo backup`.
page-do-room = Libere espacio en ese disco, o conserve menos conjuntos: `resguardo prune --explain` dice qué se conserva y por qué.
page-do-check = `resguardo check` revisa el almacén y da la línea que lo corrige.
page-lost = Si se pierde algo
page-lost-list = `resguardo list` muestra a qué se puede volver.
page-lost-restore = `resguardo restore --latest` devuelve la copia buena más reciente de todo. Antes pregunta, y conserva lo que hay ahora.
page-lost-alone = RESTORE.md, en la carpeta de las copias, explica cómo hacerlo sin resguardo.
page-lost-compose = Con contenedores, esto se escribe en el servidor, en la carpeta del archivo de compose: `scripts/restore.sh --list`, `scripts/restore.sh --latest`.
page-months = ene feb mar abr may jun jul ago set oct nov dic
page-weekdays = lun mar mié jue vie sáb dom
page-proof-took = { $ago }, en { $time }
## The truth about the store and time

hint-no-folder-for-log = En { $path } hay algo que no es una carpeta. Muévalo a otro lugar, o indique otra carpeta en store.log_dir.
hint-disk-full-for-log = El volumen de { $path } está lleno. Libere espacio en él, o indique en store.log_dir uno más grande.
hint-no-file = En { $path } hay una carpeta, donde el programa guarda un archivo. Muévala a otro lugar.
hint-owners-denied = El programa se ejecuta como root sin el derecho de cambiar el dueño de los archivos: agregue CHOWN al cap_add del servicio en el archivo de compose (`cap_add: [DAC_OVERRIDE, CHOWN, FOWNER]`), o restaure con --no-owner, y todo pertenecerá a root.
forecast-owners-denied = se rechazaría una restauración hecha por este root, porque { $first } pertenece a { $owner } y se le negó el derecho de cambiar el dueño de los archivos: restaure con CHOWN en el cap_add del servicio, o con --no-owner, y todo pertenecerá a root
reason-store-gone = El almacén que estaba en { $dir } ya no está ahí, ni tampoco sus copias. ¿Está montado su disco, se movió la carpeta? Devuélvalo a su lugar; las copias nuevas se hacen en lo que hay ahí ahora.
reason-store-other = En { $dir } hay otro almacén que el que estaba ahí antes. ¿Está montado el disco correcto? Las copias nuevas se hacen en lo que hay ahí ahora.
hint-store-forget = Si es a propósito: `{ $line }`, y el almacén anterior queda olvidado.
hint-store-forget-on-host = Si es a propósito, en la máquina anfitriona, donde está el archivo de compose: `sudo { $line }` (lo que está montado en { $mount }), y el almacén anterior queda olvidado.
reason-never-gone = De { $source } no hay ninguna copia de seguridad completa en lo que hay donde estaba el almacén.
reason-store-unreadable = Archivos del almacén que no se pueden leer y que por eso no se podrían restaurar: { NUMBER($count) }, el primero de ellos { $path }.
reason-dated-ahead = El conjunto más reciente, { $id }, lleva una fecha adelantada respecto del reloj, y mientras tanto nada vence. Si el reloj está mal, póngalo en hora. Si estaba mal cuando se hizo ese conjunto, dígalo con `resguardo accept { $id }`: lo que lleva fecha adelantada no cuenta para nada hasta que llegue su fecha, y todo lo demás vence como siempre.
kept-dated-ahead = con fecha adelantada respecto del reloj: se conserva hasta que llegue su fecha
list-dated-ahead = con fecha adelantada
accept-dated-ahead = { $id } lleva una fecha adelantada respecto del reloj. Una vez aceptado se le cree al reloj y no a esa fecha: lo que lleva fecha adelantada se conserva y no cuenta para nada hasta que llegue su fecha, y los conjuntos más antiguos vuelven a vencer.
check-store-unmade = lo creará la primera copia; { $free } libres
hint-not-shared-line = El programa se ejecuta como { $user } y no puede usar { $path }, que SQLite necesita junto a la base de datos. Como root: `{ $line }`.
hint-not-shared-on-host = El programa se ejecuta como { $user } en su contenedor y no puede usar { $path }, que SQLite necesita junto a la base de datos. En .env.prod, en la máquina anfitriona: `{ $line }`, el usuario de la aplicación; después haga a ese usuario propietario de las copias de seguridad y los registros, y cree de nuevo el contenedor: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (reiniciarlo no cambia nada).
## Lo que un simulacro dijo en contra de un conjunto
restore-refuted-passed-over = La copia de seguridad más reciente de { $source }, { $id }, se deja de lado: el simulacro del { $at } dijo que no: { $error }.
restore-refuted-alone = El simulacro del { $at } dijo que no a esta copia de seguridad de { $source }, { $id }: { $error }. No hay ninguna otra buena.
restore-refuted-named = El simulacro del { $at } dijo que no a esta copia de seguridad de { $source }, { $id }: { $error }. Se restaura porque usted la nombró.
list-unasked = pero una pregunta no se pudo hacer
list-media-missing = pero faltan archivos
hint-drill-nothing-good = `resguardo list --source { $source }` muestra lo que hay guardado de ella, `resguardo health` por qué nada de eso está bueno.
drill-page-source-nothing-good = { $source }: nada bueno que comprobar
drill-page-not-all = Veredicto: COMPROBADO SOLO EN PARTE{ $warned }. De { NUMBER($missing) } de { NUMBER($count) } fuentes no hay nada bueno guardado; las demás se restauraron y se encontraron tal como se guardaron.
check-media-check = Tal como está ahora producción, ningún simulacro podría buscar los archivos que nombra esta columna de { $source }: corrija `column` de ese drill.media_check en la configuración.
drill-page-not-compared = No se compara, de PostgreSQL: cómo está definido lo que lleva el mismo nombre (el tipo de una columna, el texto de una vista), ni lo que pueden hacer los roles

## El almacén y su disco, avisados

tell-store-gone = el ALMACÉN YA NO ESTÁ: lo que hay en su lugar no es el almacén que estaba allí
tell-store-unreadable = en el almacén hay archivos que no se pueden leer, y que por eso no se podrían restaurar
tell-disk-low = el disco de las copias de seguridad está casi LLENO: puede que la próxima no quepa

## Lo que hizo aceptar un conjunto con fecha futura

cli-accepted-ahead = { $id } ya no detiene nada: se le cree al reloj y no a su fecha. Se conserva y no cuenta para nada hasta que llegue esa fecha; los conjuntos más antiguos vuelven a vencer.
cli-accepted-both = { $id } ya no es sospechoso y no detiene nada: se le cree al reloj y no a su fecha. Se conserva, no cuenta para nada hasta que llegue esa fecha y desde entonces cuenta como bueno; los conjuntos más antiguos vuelven a vencer.

## Qué almacén es este, cuando no se puede leer

reason-store-word = No se puede saber qué almacén estaba en { $dir }: { $path }, que guarda memoria de él, está ahí y no se puede leer. ¿Está montado el disco correcto? No se sobrescribe; las copias nuevas se hacen en lo que hay ahí ahora.
reason-store-mark = No se puede saber si en { $dir } está el almacén que estaba ahí antes: su marca { $path } está ahí y no se puede leer. ¿Está montado el disco correcto? Las copias nuevas se hacen en lo que hay ahí ahora.
hint-store-mark-anew = La próxima copia de seguridad lo marca de nuevo; si no es el almacén correcto, monte ese antes.
hint-store-later = Lo escribió una versión más nueva de resguardo: use esa.
## Webhooks, leídos más de cerca

fault-http-topic = se esperaba la dirección de un tema, como https://ntfy.sh/<tema>; después del servidor no hay ninguno
fault-token = se esperaba un token de una sola línea; lo que hay no se muestra

## Un latido que nadie oye

reason-unheard = Desde el { $since } no se oye el latido, y quien lo espera puede creer que no se hacen copias de seguridad: { $error }. `resguardo check --mail` lo prueba enseguida.
reason-unheard-hinted = Desde el { $since } no se oye el latido, y quien lo espera puede creer que no se hacen copias de seguridad: { $error }. { $hint } `resguardo check --mail` lo prueba enseguida.

## La ayuda como comando

help-of-command = Muestra la ayuda, o la de un comando
help-of-which = El comando
## Muchos en un solo aviso

tell-together = { $kind ->
        [suspect] copia de seguridad SOSPECHOSA, mucho menos que antes
        [empty] copia de seguridad NO HECHA, la base de datos está vacía
        [braked] copias de seguridad DETENIDAS, el programa se cae en cada intento
        [stale] copia de seguridad DEMASIADO ANTIGUA
        [failed] la copia de seguridad FALLÓ
        [partial] hubo algo que no se pudo leer
        [skipped] no se hizo la copia de seguridad, porque otra ejecución aún no terminaba
        [unusual] la última copia de seguridad no es como las demás
       *[over] todo está bien otra vez
    }: { $count ->
        [one] una fuente
       *[other] { NUMBER($count) } fuentes
    }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    }{ $age_seconds ->
        [none] {""}
        [never] {" "}(alguna aún no tiene ninguna buena)
       *[other] {" "}(la última buena más antigua: hace { $age_seconds })
    }
tell-together-more =
    { $count ->
        [one] Hay una línea más; `resguardo health` lo dice todo.
       *[other] Hay { NUMBER($count) } líneas más; `resguardo health` lo dice todo.
    }
## The figures of a letter

mail-tone-well = Todo está bien
figures-source = { $source }
figures-disk = El almacén y su disco
figure-at = { $at }
figure-bytes = { $some_bytes }
figure-kept = Copias guardadas
figure-kept-since =
    { $count ->
        [one] una, hecha el { $from }
       *[other] { NUMBER($count) }; la más antigua, del { $from }
    }
figure-none = NINGUNA está completa
figure-set = { $at } (conjunto { $id })
figure-grows = { $week_bytes } más por semana
figure-shrinks = { $week_bytes } menos por semana
figure-growth-unknown = se sabrá después de siete noches
figure-drill = Último simulacro
figure-drill-good = { $at }: volvió entera{ $rto_seconds ->
        [unknown] {""}
       *[other] {" "}en { $rto_seconds }
    }
figure-drill-bad = { $at }: NO volvió como se guardó
figure-drill-none = ninguno todavía; solo `resguardo drill` demuestra si se puede restaurar
figure-where = En el almacén de este servidor, y en ningún otro lugar
figure-stored = Espacio ocupado
figure-free = Libre en el disco
figure-growth = Crecimiento
figure-full = El disco se llena
figure-full-in =
    { $days ->
        [0] con la próxima copia de seguridad, a este paso
        [one] en un día, a este paso
       *[other] en { NUMBER($days) } días, a este paso
    }
figure-full-far = no en los próximos { NUMBER($days) } días
## La página, de un vistazo

page-ago-ahead = con fecha futura
page-grows-not = casi no crece
page-night-unknown = sin datos
page-out-of-reach-why = No se sabe si están enteras mientras no se pueda llegar a su carpeta. ¿Está montado el disco?
page-more-reasons = Y { NUMBER($count) } más: `resguardo health` las muestra todas.
page-unanswered-what = No se sabe cómo están sus datos ahora; abajo queda lo último que dijo. ¿Está encendido el servidor y funciona resguardo en él?
page-do-tell = `resguardo check --mail` hace la prueba y muestra qué responde el otro lado.
page-room-ample = Hay espacio para más de mil noches como la última.
page-drills-none = Todavía ninguno: `resguardo drill` restaura las copias más recientes en un lugar aparte y las compara con lo que se guardó.
page-kind-postgres = base de datos PostgreSQL
page-kind-sqlite = base de datos SQLite
page-kind-media = carpeta
page-kind-files = archivos

## What a drill looked at, and what it found

drill-what-load = carga
drill-what-rows = filas
drill-what-large-objects = objetos grandes
drill-what-sequences = secuencias
drill-what-schema = esquema
drill-what-constraints = restricciones
drill-what-indexes = índices
drill-what-integrity = integridad
drill-what-tree = árbol
drill-what-checks = preguntas
drill-what-media = archivos subidos
proof-not-stated = el manifiesto no dice nada de esto
proof-not-loaded = no se cargó
proof-loaded = se cargó hasta el final sin ningún error
proof-rows = tablas: { NUMBER($tables) }; filas: { NUMBER($rows) }
proof-rows-by-number = tablas: { NUMBER($tables) }; filas: { NUMBER($rows) }; solo se comparó cuántas son
proof-rows-unread = las filas no se pueden leer
proof-large-objects = objetos grandes: { NUMBER($count) }
proof-sequences = secuencias: { NUMBER($count) }
proof-schema = objetos: { NUMBER($objects) }; clases de objetos: { NUMBER($kinds) }
proof-constraints = índices: { NUMBER($indexes) }; restricciones: { NUMBER($constraints) }
proof-indexes = árboles B revisados con amcheck: { NUMBER($count) }
proof-no-amcheck = en esta máquina no está la extensión amcheck
proof-amcheck-refused = no se puede crear amcheck: { $error }
proof-sqlite-whole = un archivo SQLite entero
proof-integrity = PRAGMA integrity_check no encuentra nada malo
proof-unseen = tablas que dependen de algo que solo tiene la aplicación: { NUMBER($unseen) } de { NUMBER($tables) }: { $names }
proof-archive = archivos: { NUMBER($files) }; carpetas: { NUMBER($folders) }; enlaces: { NUMBER($links) }; { $content_bytes }
proof-tree = archivos: { NUMBER($files) }; carpetas: { NUMBER($folders) }; enlaces: { NUMBER($links) }; { $content_bytes }; todo se volvió a leer del disco
proof-tree-unowned = archivos: { NUMBER($files) }; carpetas: { NUMBER($folders) }; enlaces: { NUMBER($links) }; { $content_bytes }; todo se volvió a leer del disco; de { NUMBER($unowned) } el propietario es el que dice el paquete, porque solo root puede asignarlo
proof-not-asked = no había a quién preguntar
proof-question-not-asked = no se preguntó
proof-answers = respuestas como se esperaba: { NUMBER($count) } de { NUMBER($count) }
proof-answers-otherwise = respuestas distintas de lo esperado: { NUMBER($count) } de { NUMBER($all) }: { $error }
proof-unasked = preguntas que no se pudieron hacer: { NUMBER($count) } de { NUMBER($all) }: { $error }
proof-no-column = no está escrito como table.column
proof-media = { $column }: de { NUMBER($named) } archivos nombrados, en { $media } faltan { NUMBER($missing) }
proof-media-such = { $column }: de { NUMBER($named) } archivos nombrados, en { $media } faltan { NUMBER($missing) }, por ejemplo { $examples }
proof-media-uncompared = { $column }: no se comparó con los archivos de { $media }
proof-media-undrilled = no se hizo el simulacro de { $media }
proof-media-older = { $media }, del conjunto { $set }, es más antiguo que estas filas, del conjunto { $other }
proof-media-not-back = { $media }, del conjunto { $set }, no volvió como se guardó

## Lo que no se puede guardar, lo recuperado y lo que pide atención, avisado

tell-store-refused = NO SE PUEDE GUARDAR NADA: { $cause }
tell-store-trouble = algo anda MAL con el almacén: puede que no se vea todo lo que hay en él
tell-partial-stale = { $source }: hubo algo que no se pudo leer ({ $age_seconds ->
        [never] aún no hay ninguna buena
       *[other] la última buena es DEMASIADO ANTIGUA: { $age_seconds }
    })
tell-missed-over = ya se recuperaron las copias de seguridad que no se hicieron
tell-over-run = { $kind ->
        [store] el almacén está bien otra vez
        [disk_full] el disco de las copias de seguridad tiene espacio otra vez
        [verify] lo guardado está bien otra vez
        [drill] un simulacro de restauración volvió a terminar bien
        [attention] lo que pedía atención ya está resuelto
       *[other] todo está bien otra vez
    }
tell-attention = { $kind ->
        [prune_failed] no se pudieron borrar copias de seguridad antiguas, y el disco se va llenando
        [verify_overdue] hace demasiado que nadie revisa si lo guardado todavía se puede leer
        [damaged] en el almacén hay copias de seguridad DAÑADAS
        [clock_behind] el reloj y la copia de seguridad más reciente no concuerdan, y nada vence
        [unheard] el latido NO SE ESCUCHA en su dirección
        [unconfigured] se guardan copias de seguridad de algo que aquí no está configurado
        [log] NO SE PUEDE ESCRIBIR el registro
        [old_copies] todavía se conserva lo que una restauración reemplazó
       *[restore_unsettled] una restauración quedó a medias
    }{ $more ->
        [0] {""}
        [one] {" "}(y hay otra cosa que pide atención)
       *[other] {" "}(y hay otras { NUMBER($more) } cosas que piden atención)
    }

## La máquina misma

cli-restore-type-again = Eso no es lo que se pide; no se cambió nada. Para dar su consentimiento, escriba: { $name }
notice-database-passed-over = { $name } apunta a { $address }, que NO se respalda: solo se lee cuando la configuración no describe ninguna base de datos, y esta describe otras. Agréguela a la configuración o quite { $name }.
help-discard = Elimina un conjunto dañado, después de preguntar; nunca lo último bueno que haya de algo
discard-missing = { $path } no está, o no tiene el tamaño que tenía.
discard-bad = { $path } no es lo que se escribió.
discard-whole = { $path } también se elimina; hay una copia buena de { $source } en el conjunto { $other }.
discard-means = Se elimina todo lo que queda de { $id }. No hay vuelta atrás.
discard-unlisted = No se elimina nada: hay algo en el almacén que no se puede leer, y lo que no se puede leer parece dañado. `resguardo check` dice cómo corregirlo.
discard-not-damaged = No se elimina nada: { $id } no está dañado. `resguardo prune --explain` dice por qué se conserva.
discard-unreadable = No se elimina nada: el manifiesto de { $id } no se puede leer, así que no se sabe qué contiene. Recupere sets/{ $id }.json desde una copia del almacén, o use la versión de resguardo que lo escribió. Si no necesita nada de él, vaya a { $dir } y elimínelo usted: rm */*_{ $id }.* sets/{ $id }.*
discard-pinned = No se elimina nada: { $id } está fijado. Si nadie lo necesita: `resguardo unpin { $id }`
discard-depended-on = No se elimina nada: { $other } no se puede restaurar sin { $id }.
discard-last = No se elimina nada: no hay otra copia buena de { $source } que lo que pueda quedar en { $id }. Haga una primero, `resguardo backup`; cuenta si está entera y no es sospechosa.
cli-discarded = { $id } se eliminó.
## Who is told, and how much of it

mail-last-but-for-alarms = Este es el último mensaje de hoy, salvo alarmas: se alcanzó el máximo por día (`max_per_day`). Lo demás queda en el registro y llegará mañana.
reason-untold-some = Desde el { $since }, { $channel } no llega a { $addressees }, aunque sí a otros: { $error }.
reason-untold-some-hinted = Desde el { $since }, { $channel } no llega a { $addressees }, aunque sí a otros: { $error }. { $hint }
reason-withheld = { $count ->
        [one] Un mensaje espera
       *[other] { NUMBER($count) } mensajes esperan
    } hasta el { $until }: { $channel } ya avisó todo lo que puede en un día (max_per_day). El registro dice cuáles son.
hint-mail-no-login = El servidor de correo quiere saber quién escribe: defina mail.user y su contraseña (EMAIL_HOST_USER, EMAIL_HOST_PASSWORD).
## Qué hacer, en un aviso

tell-skipped-why = Se vuelve a intentar automáticamente. Si este aviso se repite, vea en logs/backup.log qué tarda tanto, o programe la copia a otra hora.
## What went wrong, part by part: as errors say it, which stay English in logs

cli-failed-source = { $source }: falló: { $error }.
cli-verified-not = { $source }: MAL: { $error }
cause-system-denied = permiso denegado
cause-system-not-permitted = operación no permitida
cause-system-missing = no existe ese archivo o carpeta
cause-system-full = no queda espacio en el disco
cause-system-quota = la cuota del disco está agotada
cause-system-read-only = el disco está montado solo para lectura
cause-system-input-output = el disco responde con un error
cause-system-exists = ya existe
cause-system-no-folder = no es una carpeta
cause-system-folder = es una carpeta
cause-system-too-large = el archivo es demasiado grande
cause-system-files-open = hay demasiados archivos abiertos
cause-system-memory = no hay memoria suficiente
cause-system-busy = está en uso
cause-system-connection-refused = conexión rechazada
cause-system-connection-reset = el otro lado cortó la conexión
cause-system-connection-late = nadie respondió a tiempo
cause-system-no-route = no hay camino hasta esa máquina
cause-system-no-network = no hay red
cause-system-stale = la carpeta de red ya no es la misma
cause-system-pipe = el otro programa terminó antes
cause-server-password = contraseña incorrecta del usuario "{ $user }"
cause-server-no-database = no existe la base de datos "{ $database }"
cause-server-no-role = no existe el rol "{ $role }"
cause-server-starting = el servidor está arrancando
cause-server-ending = el servidor se está apagando
cause-server-too-many = el servidor no acepta más conexiones
cause-server-connecting = no se pudo conectar con el servidor
cause-server-silent = el servidor no responde
cause-server-asks-password = el servidor pide una contraseña y no hay ninguna configurada
cause-server-standby = el servidor es una réplica, en la que no se puede escribir
cause-server-room = no se puede ver cuánto espacio hay en el servidor
cause-server-full = el disco de los datos del servidor se está llenando
cause-server-beside = la base de datos no cabe junto a la anterior
cause-server-no-schema = no existe el esquema { $schema }
cause-server-no-extension = la extensión { $extension } no está en el servidor
cause-server-no-extension-here = la extensión { $extension } no está en esta máquina
cause-server-no-locale = el servidor no tiene el idioma regional { $locale }
cause-server-table-stands = allí ya hay una tabla { $table }
cause-server-database-stands = allí ya hay una base de datos { $database }
cause-server-no-table = no existe esa tabla
cause-server-not-in-backup = la copia de seguridad no la contiene
cause-server-may-not-create = { $user } no puede crear una base de datos
cause-server-may-not-act = { $user } no puede actuar por el propietario { $owner }
cause-server-session = la sesión { $pid } de { $who } tiene un bloqueo y no termina
cause-server-older-dump = pg_dump { $version } es más antiguo que el servidor, que es { $server }
cause-server-no-lock = las tablas cambiaron después de mirarlas
cause-stop-signal = se pidió terminar con una señal
cause-stop-deadline = se acabó el tiempo permitido
cause-stop-yielded = cedió el paso a una restauración
cause-no-consent = no se dio el consentimiento
cause-nobody = no hay nadie a quien preguntar
cause-meanwhile = entretanto se hizo otra restauración
cause-nothing-kept = ninguna restauración conserva una copia anterior
cause-nothing-kept-of = no se conserva nada de lo que se reemplazó
cause-undo = deshacer
cause-undo-of = deshacer la restauración de { $source }
cause-old-gone = la copia anterior no está
cause-held = otra ejecución usa el almacén
cause-held-verify = ya hay otra verificación en marcha
cause-held-drill = ya hay otro simulacro en marcha
cause-held-drill-in = ya hay otro simulacro en { $dir }
cause-served = otra ejecución ya hizo este turno
cause-find-set = buscar el conjunto { $id }
cause-no-such-set = no existe ese conjunto
cause-find-verify = buscar un conjunto que verificar
cause-find-drill = buscar un conjunto para el simulacro
cause-none = no hay ninguno
cause-no-whole = ninguno contiene algo de las fuentes configuradas que esté completo y no sea sospechoso
cause-find-configured = buscar una fuente configurada en el almacén
cause-find-several = buscar la fuente de { $from }
cause-find-source = buscar { $source } en el almacén
cause-find-source-in = buscar { $source } en el conjunto { $id }
cause-no-good = no hay ningún archivo guardado que esté bien
cause-find-file = buscar { $path }
cause-no-such-file = no existe ese archivo
cause-find-the-file = buscar el archivo
cause-several = hay varias posibles
cause-holds = contiene { $names }
cause-no-kind = no hay ninguna fuente de su tipo configurada
cause-no-such-kind = no hay tal { $kind } en la configuración
cause-of-kind = { $source } es del tipo { $kind }
cause-manifest = leer el manifiesto del conjunto { $id }
cause-the-manifest = el manifiesto del conjunto { $id }
cause-damaged-or-missing = está dañado o falta
cause-removed = se está borrando
cause-read-by = alguien lo está leyendo
cause-hold = retener el conjunto { $id }
cause-twice = se dieron dos archivos para ella
cause-to-db = --to-db NAME va con una sola base de datos de PostgreSQL
cause-to-dir = --to-dir DIR va con carpetas, archivos y bases de datos SQLite
cause-table-alone = --table T va con una sola base de datos de PostgreSQL, en su propio lugar
cause-replace-alone = --replace va con --table T
cause-only-alone = --only GLOB va solo con carpetas y archivos
cause-not-whole-file = falta, o tiene otro tamaño que el que dice su manifiesto
cause-not-complete = no está completo: algo no se pudo leer cuando se hizo
cause-other-bytes = sus bytes no son los que se guardaron
cause-cut-short = su restauración { $run } quedó a medias
cause-within = está dentro de { $path }, { $whose }
cause-empty-folder = la carpeta está vacía, y el conjunto completo más reciente tiene archivos
cause-room-backup = quedan libres { $free } y esta copia de seguridad puede necesitar { $needed }
cause-room-drill = quedan libres { $free } en { $dir } y este simulacro puede necesitar { $needed }
cause-room-at = mirar el espacio en { $path }
cause-room-needed = se necesitan { $needed } y quedan libres { $free }
cause-room-unsaid = el sistema no lo dice
cause-drill-disk = el disco del simulacro se está llenando
cause-scratch = crear la carpeta de trabajo
cause-scratch-as = crear la carpeta de trabajo como usuario { $user }
cause-scratch-clear = borrar lo que un simulacro anterior dejó en { $dir }
cause-restore-into = restaurar en { $dir }
cause-in-memory = está en la memoria, no en un disco
cause-restore = restaurar { $what }
cause-replace = reemplazar { $what }
cause-verify = verificar { $path }
cause-compare = comparar
cause-exchange = intercambiar
cause-exchange-data = intercambiar los datos
cause-load = cargar
cause-dump = volcar { $source }
cause-connect = conectar con { $place }
cause-run = ejecutar { $program }
cause-open = abrir { $path }
cause-open-folder = abrir la carpeta { $path }
cause-read-copy = leer la copia
cause-read-archive = leer el paquete
cause-read-set = leer el conjunto { $id }
cause-read = leer { $path }
cause-write = escribir { $path }
cause-write-found = anotar lo que se encontró
cause-write-record = escribir el historial
cause-write-journal = escribir el diario de la restauración
cause-try-store = probar el almacén
cause-look-into = mirar en el almacén
cause-look = mirar { $path }
cause-list-store = listar el almacén
cause-lock-store = bloquear el almacén
cause-publish = publicar el conjunto { $id }
cause-remove-set = borrar el conjunto { $id }
cause-unpack = desempaquetar el paquete
cause-safety = hacer la copia previa
cause-not-empty = no está vacío
cause-something-there = allí ya hay algo
cause-not-there = { $path } no está
cause-no-folder = no es una carpeta
cause-no-file = no es un archivo
cause-no-regular-file = no es un archivo común
cause-missing = falta
cause-unread = no se puede leer hasta el final
cause-digest = su suma no es la del manifiesto
cause-owner = `{ $path }` pertenece a { $owner }, y solo root puede asignarlo
cause-owner-capability = `{ $path }` pertenece a { $owner }, y este root no puede asignarlo (CAP_CHOWN)
cause-files-bad = archivos dañados: { $count } de { $all }
cause-files-unseen = archivos que no se pudieron leer: { $count } de { $all }
cause-files-bad-unseen = archivos dañados: { $bad } de { $all }, y sin poder leer: { $unseen } de { $all }
cause-and-more = y { $count } más
cause-differ-rows = hay { $found } filas y el manifiesto dice { $stated }
cause-differ-bytes = hay { $found } bytes y el manifiesto dice { $stated }
cause-differ-bytes-before = hay { $found } bytes antes de comprimir y el manifiesto dice { $stated }
cause-differ-content = hay { $found } bytes de contenido y el manifiesto dice { $stated }
cause-differ-files = hay { $found } archivos y el manifiesto dice { $stated }
cause-differ-folders = hay { $found } carpetas y el manifiesto dice { $stated }
cause-differ-indexes = hay { $found } índices y el manifiesto dice { $stated }
cause-differ = hay { $found } y el manifiesto dice { $stated }
cause-other-rows = otras filas que las que dice el manifiesto
cause-other-columns = otras columnas que las que dice el manifiesto
cause-other = { $kind }: otros que los que dice el manifiesto
cause-lacks = falta
cause-not-stated = no está en el manifiesto
cause-more = y { $count } diferencias más
cause-table = tabla { $table }
cause-sequence = secuencia { $sequence }
cause-large-objects = objetos grandes
cause-archive = el paquete
cause-tree = la suma de su árbol no es la del manifiesto
cause-other-kind = contiene otra clase de cosa que la que dice el manifiesto
cause-server-refused = conexión rechazada
cause-server-ended = el servidor de base de datos cortó la conexión: se apaga o alguien la terminó
cause-server-closed = el servidor cortó la conexión
cause-server-table = no hay permiso para leer la tabla { $table }
cause-no-tool = aquí no está el programa { $program }
cause-nothing-stored = no hay nada bueno guardado de ella
cause-nothing-to-prove = no hay nada que probar
cause-room-unpack = contiene más de lo que cabe
cause-do-drill = no se pudo hacer el simulacro
cause-do-list = al listar { $path }
cause-drill-nothing = { $count } de { $all } fuentes no tienen nada bueno que comprobar
cause-start = iniciar { $program }
cause-none-here = aquí no hay ninguno
cause-wait = esperar a { $program }
cause-find-pg-dump = buscar pg_dump
cause-none-on-machine = en esta máquina no hay ninguno
cause-no-sessions = la base de datos { $database } no admite conexiones
cause-no-database = no es una base de datos
cause-no-database-name = ninguna base de datos puede llamarse así
cause-owner-missing = no existe el rol { $role }, propietario de la base de datos
cause-no-extension-right = { $user } no puede crear la extensión { $extension }
cause-session-stays = la sesión { $pid } de { $who } no termina
cause-properties = dar sus propiedades a la nueva base de datos
cause-may-not-fill = { $user } no puede llenar { $table }, una tabla de una extensión
cause-rows-lost = no llegaron todas las filas enviadas
cause-psql-ended = psql terminó antes de tiempo
cause-commit-unsaid = el servidor no confirmó que estuviera hecho
cause-other-server = el volcado es de un servidor { $dumped }, y este es { $server }
cause-several-schemas = varios esquemas tienen una
cause-find-table = buscar la tabla { $table }
cause-no-column = no tiene la columna { $column }
cause-lock-tables = bloquear las tablas
cause-rows-arrived = llegaron { $arrived } filas, no { $expected }
cause-throw-away-ended = el servidor de prueba terminó
cause-another-answers = otro responde en su lugar
cause-nameless = esta máquina no tiene nombre para el usuario { $uid }
cause-make-database = crear la base de datos
cause-end-drill-server = terminar el servidor de un simulacro anterior
cause-empty = está vacío
cause-check-copy = revisar la copia
cause-recover-set = recuperar el conjunto { $id }
cause-settle = terminar la restauración de { $source }
cause-mark-set = marcar el conjunto { $id }
cause-unpin-set = dejar de fijar el conjunto { $id }
cause-another-now = ahora es otro
cause-clear-restores = limpiar lo que dejaron las restauraciones
cause-panicked = { $who } falló por un error del propio programa
