### Todos os textos para pessoas, em português do Brasil (tratamento: você).
###
### Glossário. Uma palavra para cada coisa, sempre a mesma:
###   source → fonte · backup → backup · set → conjunto · artifact → arquivo guardado
###   dump → dump · archive (tar) → pacote · store → repositório · manifest → manifesto
###   complete, damaged → completo, danificado · suspect → suspeito · adopted → adotado
###   proven → comprovado · pinned → fixado · expire, prune → expirar, limpeza
###   verify → verificação · drill → simulado de restauração · run → execução · lock → bloqueio
###   restore, undo → restauração, desfazer · exchange → troca · safety backup → backup prévio
###   folder, file → pasta, arquivo · role → role (como no PostgreSQL) · schema → esquema · log → log
###   command → comando · health → saúde · daemon → serviço · container, volume → contêiner, volume · password → senha
### Comandos, chaves e nomes de arquivos ficam como são.

## Hints

hint-no-room = Libere pelo menos { $needed } no volume de { $path }, ou indique um maior em store.dir.

## Faults of disks and rights

hint-disk-full = O volume de { $path } está cheio. Libere espaço nele, ou indique um maior em store.dir.
hint-quota = A cota de { $path } se esgotou. Aumente-a ou libere espaço.
hint-read-only = O disco de { $path } está montado somente para leitura. Monte-o também para escrita.
hint-no-right = O programa é executado como { $user } e não pode escrever em { $path }. Dê permissão a esse usuário, ou corrija o dono da pasta.
hint-disk-error = O disco de { $path } responde com erros. Veja o log do sistema e troque o disco antes que ele pare de vez.
hint-no-folder = Em { $path } existe algo que não é uma pasta. Mova-o para outro lugar, ou indique outra pasta em store.dir.
hint-link = Em { $path } existe um link simbólico, onde deve haver um arquivo ou uma pasta do próprio repositório. Tire o link de lá; aquilo a que ele leva fica como está.
hint-name-taken = Em { $path } já existe outro arquivo. Mova-o para outro lugar; ele nunca é sobrescrito.
hint-no-locks = O sistema de arquivos de { $path } não consegue bloquear arquivos. Ponha o repositório em um que consiga.

## The store

hint-unknown-group = Indique um grupo que exista onde o programa é executado, ou o número dele: store.group = "{ $group }" não é nem uma coisa nem outra.
hint-no-such-set = Veja os identificadores dos conjuntos que existem com: resguardo list
hint-verify-first = Nada foi removido. `resguardo verify { $id }` lê todo esse conjunto e anota o que está ruim; faça um novo backup e tente de novo.
hint-store-replaces = O sistema de arquivos de { $path } substitui arquivos ao renomear, mesmo quando isso é proibido. Ponha o repositório em outro.
hint-store-locks = O sistema de arquivos de { $path } deixa dois processos terem o mesmo bloqueio. Ponha o repositório em outro, ou use store.single_host = true se só esta máquina e este contêiner escrevem nele.
hint-sets-mounted = Monte o repositório inteiro de uma vez: { $path } precisa ficar na mesma montagem que .resguardo, ao lado.
warning-store-modes = O sistema de arquivos de { $path } não guarda as permissões dos arquivos: quem puder ler o volume pode ler os backups.
warning-store-folder-sync = O sistema de arquivos de { $path } não consegue garantir os nomes no disco (fsync de uma pasta): uma queda de energia no minuto seguinte a um backup pode desfazê-lo.
warning-store-locks = O sistema de arquivos de { $path } deixa dois processos terem o mesmo bloqueio. Isso foi aceito com store.single_host = true.
warning-removal-unreadable = { $path } é o manifesto de um conjunto que estava sendo removido e não pode mais ser lido. Os arquivos dele ficam como estão e continuam ocultos; para vê-los de novo, tire este arquivo de { $folder }.
warning-removal-refused = O conjunto { $id } estava sendo removido, e um arquivo dele não pode ser: { $error }. O resto continua oculto; resolva isso, e a próxima execução termina a remoção.
warning-finished-unreadable = { $path } é o manifesto de um conjunto terminado que ainda não tinha sido posto no lugar, e este programa não consegue lê-lo: uma versão mais nova o escreveu, ou ele está danificado. Os arquivos dele ficam guardados à parte e continuam ocultos; inicie a versão que o escreveu, ou tire { $folder } do repositório para abrir mão do conjunto.
warning-finished-not-whole = O conjunto { $id } estava terminado, mas ainda não no lugar, e um dos arquivos dele não é mais o que o manifesto diz. O conjunto foi descartado; faça um backup.
warning-finished-no-place = O conjunto { $id } estava terminado, mas não pôde ser posto no lugar: { $error }. O conjunto foi descartado; faça um backup.

## Mail

hint-mail-address = Escreva o endereço como nome@example.org ou Nome <nome@example.org>.
hint-mail-password-file = Faça com que o usuário que executa o resguardo possa ler o arquivo indicado em mail.password_file.
hint-mail-certificate = O certificado do servidor de e-mail não vale para este nome: escreva o nome do servidor como está no certificado, ou acrescente a autoridade dele aos certificados do sistema.
hint-mail-login = O servidor de e-mail recusa mail.user com esta senha: alguns provedores exigem uma senha de aplicativo.
hint-mail-refused = O servidor de e-mail recusa esta mensagem: veja se mail.from é um endereço pelo qual ele deixa você enviar, e se cada um dos de mail.to existe.
hint-mail-security = O servidor de e-mail não criptografa como indica mail.security: o comum é starttls na porta 587, tls na 465 e none na 25. Como variáveis: EMAIL_USE_TLS=True é starttls, EMAIL_USE_SSL=True é tls e EMAIL_USE_TLS=False é none; sem nenhuma delas, vale starttls, enquanto o Django não criptografa.
hint-mail-unreachable = Confira se mail.host e mail.port estão certos, e se esta máquina consegue chegar a eles.

mail-subject = [{ $place }] { $what }
mail-contact = Quem pode ajudar:
mail-last-today = Esta é a última mensagem de hoje: o limite por dia (`max_per_day`) foi atingido. O resto fica no log e chega amanhã.
mail-footer = Do resguardo, em { $place }. `resguardo list` mostra o que existe; `resguardo check`, o que está errado.

warning-told-unwritten = Não foi possível anotar o que já foi avisado: { $error }. Pode ser que se avise de novo depois de reiniciar.

## Retention: why a set stays, why nothing expires

kept-pinned = fixado
kept-newest-proven = o mais recente que um simulado comprovou
kept-minimum-redundancy = uma das cópias completas mais recentes de uma fonte
kept-being-read = está sendo lido neste momento
kept-depended-on = um conjunto que fica não pode ser restaurado sem ele
kept-damaged = danificado: nada mais é tirado dele
kept-source-suspect = o backup mais recente de uma das suas fontes é suspeito
kept-within-days = dentro de keep_days
kept-daily = o mais recente do seu dia
kept-weekly = o mais recente da sua semana
kept-monthly = o mais recente do seu mês
kept-yearly = o mais recente do seu ano
hold-clock-behind = O relógio marca uma hora anterior ao início do conjunto mais recente, então nada expira. Acerte o relógio.
hold-clock-jumped = O relógio pulou mais de dois dias desde a execução anterior, então nesta nada expira.
hold-store-unlisted = Algo no repositório não pôde ser listado, então nada expira. Veja as permissões das pastas do repositório.

## Runs

warning-empty = { $source } não tem nenhuma tabela, embora existam no repositório conjuntos dessa fonte: nada foi guardado. Se os dados se perderam, restaure-os com `resguardo restore --latest`; se for assim de propósito, execute `resguardo backup --source { $source }` e `resguardo accept`.
hint-empty = Se os dados se perderam, restaure o último conjunto bom: `resguardo restore --latest`.
warning-suspect = { $source } em { $id } tem muito menos que no conjunto anterior e não conta até `resguardo accept { $id }`. Veja se houve perda de dados; até lá, nada dessa fonte expira.
warning-not-removed = { $what } expirou e não pôde ser removido: { $error }
warning-not-durable = O conjunto está pronto, mas o disco não confirmou que ele resiste a uma queda de energia, então nada foi removido: { $error }
hint-empty-folder = Veja se o volume de { $source } está montado. Se for para ficar vazia, use allow_empty = true nessa fonte.
hint-slot-served = Parece que dois serviços trabalham neste repositório com o mesmo horário. Pare um deles.
hint-lock-held = Outra execução do resguardo está trabalhando neste repositório. Espere ela terminar, ou use `--wait SECONDS`.
hint-low-port = Portas abaixo de { $free } não são para qualquer usuário: indique em serve.listen (RESGUARDO_SERVE__LISTEN) uma maior que { $port }, ou dê ao programa a permissão CAP_NET_BIND_SERVICE.
hint-port-taken = Outro programa, ou outro serviço do resguardo, já usa a porta { $port }: encerre-o, ou indique outra porta em serve.listen (RESGUARDO_SERVE__LISTEN).
hint-no-such-address = Esta máquina não tem o endereço { $address }: indique em serve.listen (RESGUARDO_SERVE__LISTEN) um que ela tenha, ou 0.0.0.0 para todos.
hint-bug = Isto é um defeito do resguardo. O serviço continua; por favor, informe o texto acima aos autores.
hint-not-root = Execute-o com um usuário que não seja root, ou crie um usuário `postgres`.

## Verify

hint-verify-held = Outra verificação está trabalhando neste repositório. Ela termina sozinha; depois, `resguardo list` mostra o que ela encontrou.
hint-bad-copy = Recupere o arquivo de uma cópia do repositório e verifique de novo o conjunto: resguardo verify ID. O que está ruim não conta, então a última cópia boa da fonte é uma anterior; se não sobrou nenhuma, faça um backup.
warning-unrecorded = Não é possível escrever no repositório ({ $error }): o que esta execução faz só é dito aqui e não fica anotado.
warning-finding-unkept = O que foi encontrado não pôde ser anotado junto aos conjuntos, por isso `resguardo list` não mostra: { $error }.
warning-not-looked-into = { $path } está comprimido de um jeito que o resguardo não sabe abrir, por isso não foi examinado por dentro.

## Command line

cli-config-faults = A configuração não pode ser usada (a corrigir: { NUMBER($count) }):
cli-unknown-source = Não existe a fonte `{ $source }`. As configuradas são: { $known }. A que nasce de uma variável (DATABASE_URL) só existe onde essa variável está definida.
cli-no-such-set = Não existe o conjunto { $id }. `resguardo list` mostra os que existem.
cli-lock-held = Outra execução do resguardo está trabalhando neste repositório. Tente de novo quando ela terminar.
cli-ending-in-order = Encerrando em ordem. Um segundo sinal encerra na hora e deixa a arrumação para a próxima execução.
cli-verify-latest = É lido o que `resguardo restore --latest` pegaria, com todas as fontes: { $parts }
cli-verified = { $source }: bom, cada byte de { $size } foi lido de novo
cli-pinned = { $id } fica guardado, seja qual for a idade.
cli-pinned-already = { $id } já estava fixado; nada foi alterado.
cli-unpinned = { $id } volta a expirar como qualquer outro.
cli-not-pinned = { $id } não estava fixado; nada foi alterado.
cli-accepted = { $id } conta como bom.
accept-fell = { $source } tinha { $before } no conjunto { $id }; agora tem { $now }.
accept-fell-from-nothing = { $source } tem { $now }; não há antes nenhum conjunto bom com que comparar.
accept-extent-database = tabelas: { NUMBER($tables) }, linhas: { NUMBER($rows) }, { $size }
accept-extent-archive = arquivos: { NUMBER($entries) }, { $size }
accept-extent = um tamanho de { $size }
accept-means = Depois de aceito ele conta como bom: `resguardo restore --latest` o pega, o que vier é comparado com ele, e os conjuntos mais antigos voltam a expirar.
cli-not-suspect = { $id } não é suspeito; nada foi alterado.
expired = sai: nenhuma regra o mantém
prune-nothing = Nada expirou.
list-set = CONJUNTO
list-started = INÍCIO
list-state = ESTADO
list-size = TAMANHO
list-sources = FONTES
list-note = NOTA
list-state-complete = completo
list-state-partial = parcial
list-state-suspect = suspeito
list-state-damaged = danificado
list-pinned = fixado
list-verified = verificado em { $at }
list-proven = comprovado em { $at }
list-proven-of = comprovado: { $sources }
list-answer = mas uma resposta não foi a esperada
list-drill-failed = O SIMULADO FALHOU em { $at }
list-found-bad = A VERIFICAÇÃO FALHOU em { $at }
list-suspect = suspeito: { $sources }
list-wanting = incompleto: { $sources }
list-legend = Um ! ao lado de uma fonte: o arquivo dela falta, não está completo, ou uma verificação ou um simulado o achou ruim. Não conta.
list-empty = Ainda não há nada guardado em { $dir }.
list-adopted-bad = { $path }  { $size }  (adotado: um arquivo sem manifesto; A VERIFICAÇÃO FALHOU em { $at }; não conta)
list-adopted-whole = { $path }  { $size }  (adotado: um arquivo sem manifesto; verificado em { $at }: inteiro por si só; não conta)
list-adopted = { $path }  { $size }  (adotado: um arquivo sem manifesto, não examinado por dentro; não conta)
list-unseen = Não dá para ver o repositório, ou só uma parte; pode haver mais do que se mostra:
list-totals = conjuntos: { NUMBER($sets) }; { $size } ao todo, { $free } livres
check-mark-good = certo
check-mark-warning = aviso
check-mark-trouble = PROBLEMA
check-source = dá para acessar; cerca de { $size } a ler
check-emptied = não tem nenhuma tabela, e o último conjunto bom, { $id }, tem { NUMBER($tables) }. Se ele se perdeu: `resguardo restore --latest --source { $source }`; se estiver certo assim, o próximo backup diz o que fazer.
check-store = funciona como um repositório deve funcionar; { $free } livres
check-store-busy = uma execução está trabalhando nele, por isso não foi testado
check-log = dá para escrever
check-drill = o mais recente ({ $id }) poderia ser restaurado e comparado em { $path }, o que ocupa no máximo { $needed }
check-question = Nenhum simulado conseguiria fazer esta pergunta a { $source }, a julgar pela produção de agora: corrija a pergunta.
check-drill-unscheduled = nenhum está programado: só se sabe que um backup serve depois de restaurá-lo; defina schedule.drill, por exemplo "0 5 * * 0"
check-healthy = está tudo bem
check-nobody-told = ninguém seria avisado de um backup que falhou: defina mail.host e mail.to (EMAIL_HOST, DEFAULT_FROM_EMAIL)
check-no-mail-server = ninguém seria avisado de um backup que falhou: defina mail.host (EMAIL_HOST), o servidor que recebe os e-mails
check-no-recipient = ninguém seria avisado de um backup que falhou: defina mail.to (DEFAULT_FROM_EMAIL), quem deve ser avisado
check-mail = { $to } receberia o aviso, por { $host } (`--mail` envia um teste)
check-mail-sent = um teste foi aceito para { $to }; o outro lado respondeu: { $answer }
check-mail-subject = um teste: é assim que você seria avisado
check-mail-text = Este é o teste que `resguardo check --mail` envia. É assim que você seria avisado de um backup que falhou.

## Help of the command line, and what is wrong with one

help-resguardo = Mantém restauráveis os dados de um aplicativo: PostgreSQL, SQLite, arquivos enviados, configuração.
help-config-file = O arquivo de configuração [padrão: config/backup.toml, se existir]
help-json = Mostra os resultados em JSON
help-quiet = Mostra só resultados e falhas
help-run = Inicia o serviço: faz backups no horário, limpa, publica a página, a saúde e as métricas
help-backup = Faz um backup agora
help-list = Mostra o que o repositório contém
help-restore = Põe os dados de volta; o que existe fica guardado ao lado
help-prune = Remove os conjuntos que nenhuma regra mantém
help-verify = Lê de novo cada byte guardado e compara
help-drill = Comprova um conjunto: restaura tudo à parte, compara e limpa o que usou
help-pin = Mantém um conjunto, seja qual for a idade
help-unpin = Deixa um conjunto fixado voltar a expirar
help-accept = Aceita como bom um conjunto suspeito, depois de perguntar
help-check = Confere tudo antes: fontes, programas, permissões, espaço, repositório, quem é avisado
help-health = Diz como as coisas estão; sai com 1 quando uma sonda receberia 503
help-config = Mostra a configuração em vigor e de onde vem cada valor
help-demo = Mostra o principal com dados próprios
help-backup-source = Só esta fonte (pode ser dado várias vezes)
help-backup-label = Uma nota que fica guardada com o conjunto
help-backup-pin = Mantém o conjunto, seja qual for a idade
help-backup-wait = Espera até tantos segundos que outra execução termine
help-list-source = Só os conjuntos que contêm esta fonte
help-prune-dry-run = Diz o que seria removido, sem remover nada
help-prune-explain = Diz por que cada conjunto fica ou sai, sem remover nada
help-id = O conjunto: `YYYYMMDD_HHMMSS`
help-verify-id = O conjunto: `YYYYMMDD_HHMMSS` [padrão: o que `restore --latest` pegaria]
help-verify-all = Todos os conjuntos e todos os arquivos adotados
help-drill-id = O conjunto: `YYYYMMDD_HHMMSS` [padrão: de cada fonte, o que há de bom mais recente]
help-drill-latest = De cada fonte, o que há de bom mais recente, que já é o padrão
help-drill-last = Não faz nenhum: mostra o que o último encontrou, ou o último deste conjunto
help-pin-label = Por que fica guardado
help-yes = Dá o consentimento sem perguntar: para scripts
help-check-mail = Envia também um teste por e-mail e por cada webhook, deixa uma linha no heartbeat e mostra cada resposta
help-config-reference = Mostra, em vez disso, cada chave com o valor padrão e o significado
help-demo-once = Faz um só backup e termina
help-demo-dir = Onde pôr tudo [padrão: uma pasta temporária nova]
help-demo-listen = Onde publicar a página, a saúde e as métricas
help-restore-db = Um dump a restaurar: um caminho, ou o nome de um arquivo do repositório (pode ser dado várias vezes)
help-restore-media = Um pacote a restaurar: um caminho, ou o nome de um arquivo do repositório (pode ser dado várias vezes)
help-restore-set = Restaura o que este conjunto contém: `YYYYMMDD_HHMMSS`
help-restore-latest = Restaura de cada fonte o que há de bom mais recente
help-restore-source = Só esta fonte (pode ser dado várias vezes); com um arquivo, a fonte para a qual se restaura
help-restore-to-db = Restaura o banco de dados com este nome novo, ao lado de tudo o que existe
help-restore-to-dir = Restaura pastas, arquivos e bancos de dados SQLite nesta pasta, que precisa estar vazia ou não existir
help-restore-only = Traz de volta só os arquivos de um pacote que combinam com este padrão (pode ser dado várias vezes)
help-restore-table = Traz de volta só esta tabela de um banco de dados, `NAME` ou `SCHEMA.NAME`, com o nome terminado em `_restored` (pode ser dado várias vezes)
help-restore-replace = Com --table: troca as linhas que estão na tabela pelas restauradas
help-restore-jobs = Carrega um dump de formato custom com tantas tarefas ao mesmo tempo
help-restore-no-owner = Continua mesmo onde não for possível definir os donos
help-restore-assume-room = Continua mesmo que não dê para ver se o servidor tem espaço
help-restore-no-safety-backup = Se um banco de dados só puder ser substituído no lugar: continua sem um backup prévio do que existe
help-restore-dry-run = Diz o que aconteceria, sem alterar nada
help-restore-undo = Troca de volta as cópias antigas da última restauração
help-restore-clean = Remove as cópias antigas que as restaurações guardaram
help-help = Mostra esta ajuda
help-version = Mostra a versão
help-default = [padrão: { $value }]
help-heading-usage = Uso
help-heading-commands = Comandos
help-heading-arguments = Argumentos
help-heading-options = Opções
help-a-command = COMANDO
help-its-options = [OPÇÕES]
usage-no-argument = Aqui não existe o argumento `{ $argument }`.
usage-no-command = Não existe o comando `{ $command }`.
usage-which-command = Diga qual comando.
usage-near = Você quis dizer `{ $near }`?
usage-missing = Falta isto: `{ $argument }`
usage-value-missing = `{ $argument }` precisa de um valor.
usage-value = `{ $argument }` não pode ser `{ $value }`.
usage-value-why = `{ $argument }` não pode ser `{ $value }`: { $error }
usage-value-too-many = `{ $argument }` não aceita o valor `{ $value }`.
usage-twice = `{ $argument }` só pode ser dado uma vez.
usage-conflict = `{ $argument }` não combina com `{ $other }`.
usage-more = `--help` explica mais.

## Progress

stage-dump = guardando
stage-verify = verificando
stage-find = procurando
stage-load = carregando
stage-index = indexando
stage-compare = comparando
stage-swap = trocando
stage-analyze = analisando
stage-drill = fazendo o simulado de
stage-wait = esperando outra execução
progress-line = { $stage }: { $done } a { $rate }/s
progress-left =
    { $seconds ->
        [0] falta menos de 1 s
        [one] falta 1 s
       *[other] faltam cerca de { NUMBER($seconds) } s
    }

## Demo

demo-made = Um pequeno aplicativo foi criado em { $dir }
demo-with-server = Ele tem um cadastro em SQLite, fotos, um arquivo de configuração e um banco de dados PostgreSQL; o resguardo os protege a cada minuto.
demo-without-server = Ele tem um cadastro em SQLite, fotos e um arquivo de configuração; o resguardo os protege a cada minuto. (Os programas do servidor PostgreSQL não estão nesta máquina, por isso nenhum é mostrado.)
demo-stored = Guardado em { $dir } (lá, RESTORE.md explica como restaurar sem este programa)
demo-serving = Saúde: http://{ $listen }/health   Métricas: http://{ $listen }/metrics   Ctrl-C encerra
demo-clean = Para apagar tudo: rm -r { $dir }

## Sources: folders, files, SQLite

hint-folder-missing = Veja se o volume de { $path } está montado e se o caminho na configuração está certo.
hint-not-a-folder = Indique uma pasta na configuração, ou ponha { $path } em [[files]].
hint-may-not-read = Dê ao usuário que executa o resguardo permissão para ler { $path }.
hint-no-file-found = Veja se { $path } está montado onde o resguardo é executado e se o caminho na configuração está certo.
warning-empty-folder = { $path } está vazia. Veja se o volume dela está montado, ou use allow_empty se ela pode ficar vazia.
warning-files-unreadable =
    { $count ->
        [0] Todos os arquivos e pastas puderam ser lidos.
        [one] Um arquivo ou uma pasta não pôde ser lido: { $first }. O pacote não está completo.
       *[other] Arquivos ou pastas que não puderam ser lidos: { NUMBER($count) }; o primeiro é { $first }. O pacote não está completo.
    }
warning-files-changed =
    { $count ->
        [0] Nenhum arquivo mudou enquanto era lido.
        [one] Um arquivo mudou enquanto era lido: { $first }.
       *[other] Arquivos que mudaram enquanto eram lidos: { NUMBER($count) }; o primeiro é { $first }.
    }
warning-files-vanished =
    { $count ->
        [0] Nenhum arquivo desapareceu enquanto a pasta era lida.
        [one] Um arquivo desapareceu enquanto a pasta era lida: { $first }.
       *[other] Arquivos que desapareceram enquanto a pasta era lida: { NUMBER($count) }; o primeiro é { $first }.
    }
hint-sqlite-missing = Veja se o volume de { $path } está montado e se o caminho na configuração está certo.
hint-sqlite-no-database = { $path } não é um arquivo SQLite, ou está criptografado. Veja o caminho na configuração.
hint-sqlite-read-only = Um banco de dados em modo WAL só pode ser lido onde se pode escrever na pasta dele. Monte a pasta de { $path } sem “somente leitura” e deixe o usuário que executa o resguardo escrever nela.
hint-sqlite-locked = Um programa mantém { $path } bloqueado. Procure uma transação que nunca termina.
hint-sqlite-damaged = { $path } está danificado. Guarde os conjuntos que existem e restaure o mais recente que esteja bom.

## Restoring folders, files, SQLite

restore-nothing-stands = Em { $path } não há nada agora; os dados restaurados são postos ali.
restore-folder-kept = A pasta { $path } é substituída. O que ela tem agora fica guardado como { $old }, até `resguardo restore --clean`.
restore-folder-inside = { $path } não pode ser renomeada, então o que há nela é movido item por item: por um momento, faltará algo a um programa que olhe ali.
restore-folder-excluded = O que os backups deixam de fora ({ $patterns }) não está na pasta restaurada; fica na que foi guardada.
restore-single = Arquivos ou pastas novas que são postos de volta: { NUMBER($count) }; o primeiro é { $first }. Nada mais é tocado.
restore-single-kept = Arquivos que já estão lá: { NUMBER($count) }. Cada um fica guardado ao lado do restaurado, com um nome que termina em _before_{ $run }, até `resguardo restore --clean`.
restore-single-changed = Estes são diferentes do que está guardado, e o que está guardado toma o lugar deles: { $paths }. Os que vêm de outra máquina trazem os endereços, os nomes e as senhas dela.
restore-to-folder = Os dados são postos em { $path }; o que está em uso não é tocado.
restore-sqlite-kept = O conteúdo de { $path } é substituído, mesmo com programas que o tenham aberto. O conteúdo atual fica guardado como { $old }, até `resguardo restore --clean`; os programas que escrevem esperam enquanto ele é copiado e substituído.
restore-sqlite-damaged = { $path } está danificado. Mesmo assim é copiado, danificado como está: a cópia não é verificada.
restore-sqlite-stop = O SQLite não aceita { $path } como banco de dados. PRIMEIRO PARE O APLICATIVO. O arquivo é posto de lado como { $old }, com o que o SQLite guardava junto dele, e o restaurado toma o nome dele.
hint-owners = Restaure como root, ou com --no-owner: então tudo pertence ao usuário que executa o resguardo.
hint-set-id = Desempacote-o à mão em um lugar de sua confiança: tar -xzf.
hint-not-as-stated = O arquivo não é o que foi guardado. Restaure outro conjunto; `resguardo verify` diz quais estão inteiros.
hint-only = Peça como o pacote o chama, por exemplo --only "{ $near }", ou com um padrão como --only "**/nome*".
hint-hard-link = Peça também { $first }.
hint-too-many = Peça menos, ou restaure a pasta inteira.
hint-unsettled = Antes é preciso terminar uma restauração interrompida: inicie o resguardo, ou execute de novo `resguardo restore`.
hint-restore-room = Libere { $needed } no volume de { $path }, ou restaure em outro lugar com --to-dir.
hint-room-unseen = Veja você mesmo se há espaço em { $path }, e siga com --assume-room.
hint-restore-read-only = { $path } está montado somente para leitura: restaure com um serviço que possa escrever ali, ou em outra pasta com --to-dir.
hint-restore-no-right = Restaure com um usuário que possa escrever em { $path }, como root; ou deixe isto de fora indicando o resto com --source; ou restaure-o em outra pasta com --to-dir.
hint-restore-no-folder = Crie a pasta { $path }, ou veja se o volume dela está montado.
hint-restore-mounted = { $path } é uma montagem própria e não pode ser substituída por dentro: restaure com --to-dir e copie o conteúdo por cima.
hint-restore-other-kind = Mova para outro lugar o que há em { $path }, ou restaure em outra pasta com --to-dir.
hint-restore-not-named = Inclua-o na configuração, ou restaure em outra pasta com --to-dir.
hint-restore-not-empty = Indique uma pasta vazia ou que não exista, ou esvazie { $path }.
hint-mount-below = Antes desmonte { $mount }, ou restaure em outra pasta com --to-dir: um volume iria embora com a pasta antiga.
hint-restore-ours-within = Restaure arquivos avulsos com --only, ou em outra pasta com --to-dir; melhor ainda, deixe { $path } em outro lugar.
hint-to-dir = Restaure no lugar de onde veio, ou em uma pasta com --to-dir; --to-db é para PostgreSQL.
hint-sqlite-left = { $left } é o que sobrou de um banco de dados que foi removido: seria aplicado sobre o restaurado. Mova-o para outro lugar.
hint-sqlite-close = Durante a restauração, pare os programas que têm { $path } aberto.

## PostgreSQL

hint-unreachable = Veja se o servidor de banco de dados em { $host } está funcionando e se esta máquina consegue chegar a ele.
hint-server-starting = O servidor de banco de dados está iniciando ou parando; a próxima tentativa deve encontrá-lo pronto.
hint-too-many-connections = Aumente max_connections, ou faça o aplicativo manter menos conexões abertas.
hint-wrong-password = Confira a senha da role { $user }: a configurada aqui não é a do servidor. Um servidor novo talvez nem tenha a role: RESTORE.md, no repositório, explica como se criam as roles.
hint-password-file = Ponha de volta a senha da role { $user } em { $path }, onde o usuário que executa o resguardo possa lê-la; não é preciso reiniciar.
hint-no-password = Informe a senha da role { $user }: POSTGRES_PASSWORD, password ou password_file, ou dentro do endereço.
hint-not-let-in = Deixe a role { $user } se conectar a { $database }: ela precisa existir, e uma linha de pg_hba.conf precisa permitir esta máquina.
hint-no-connect = Deixe a role entrar: GRANT CONNECT ON DATABASE "{ $database }" TO "{ $user }".
hint-no-database = Confira o nome: o servidor em { $host } não tem o banco de dados { $database }. Se ele se perdeu, `resguardo restore --latest` o traz de volta.
hint-tls = Compare sslmode e sslrootcert com o certificado do servidor.
hint-no-tools = Instale os programas cliente do PostgreSQL: pg_dump, pg_dumpall, pg_restore e psql.
hint-old-tools = Use programas cliente da versão { $server } ou mais novos; se usa a imagem, construa-a com BASE_IMAGE=postgres:{ $server }.
hint-old-psql = Instale o psql 15.14, 16.10, 17.6 ou mais novo: o dump foi escrito para um deles.
hint-grant = Deixe a role ler tudo: GRANT pg_read_all_data TO "{ $user }"; ela não pode ler { $table }.
hint-row-security = A segurança por linha esconde linhas de { $table } da role { $user }: ALTER ROLE "{ $user }" BYPASSRLS, ou faça o backup com outra role.
hint-locked = Outra sessão tem { $table } só para si, como faz uma migração: encerre-a, ou espere ela terminar.
hint-killed = { $program } foi encerrado por fora, provavelmente porque faltou memória: dê mais ao contêiner ou à máquina.
hint-not-empty = Carregue em um banco de dados vazio: { $database } já tem tabelas.
warning-no-role-passwords = A role { $user } não pode ler as senhas cifradas, por isso as roles guardadas não têm senha: depois de uma restauração é preciso definir senhas novas.

## Health: why it says what it says

reason-suspect = O backup mais recente de { $source }, { $id }, é suspeito: tem muito menos que o anterior. Nada de { $source } expira até você olhar: `resguardo accept { $id }` se estiver certo; se não estiver, restaure o último bom com `resguardo restore --latest --source { $source }`.
reason-suspect-restored = { $source } foi restaurado depois que o seu backup mais recente, { $id }, foi dado como suspeito. Faça um backup agora: `resguardo backup --source { $source }`; um que tenha tanto quanto antes encerra este aviso.
reason-empty = O banco de dados de { $source } foi encontrado sem tabelas, embora o repositório tenha backups dele, por isso o backup não foi feito. Se o volume se perdeu, restaure o último conjunto bom: `resguardo restore --latest --source { $source }`.
reason-never = Ainda não há nenhum backup completo de { $source }.
reason-never-seen = Nenhum backup de { $source } pode ser visto, porque não dá para ver o repositório.
reason-stale =
    { $age_hours ->
        [0] O backup completo mais recente de { $source }, { $id }, tem menos de uma hora; o máximo permitido é { NUMBER($max_age_hours) } h.
        [one] O backup completo mais recente de { $source }, { $id }, tem uma hora; o máximo permitido é { NUMBER($max_age_hours) } h.
       *[other] O backup completo mais recente de { $source }, { $id }, tem { NUMBER($age_hours) } horas; o máximo permitido é { NUMBER($max_age_hours) } h.
    }
reason-running = Um backup de { $source } está em andamento.
reason-failed = O último backup de { $source } falhou.
reason-partial = O último backup não conseguiu ler algo de { $source }.
reason-interrupted = O último backup de { $source } foi interrompido.
reason-braked = Nada faz o backup de { $source } automaticamente antes de { $until }: em { NUMBER($count) } tentativas seguidas o próprio programa caiu, quase sempre porque faltou memória (veja o log do sistema). Quando estiver corrigido: `resguardo backup --source { $source }`.
reason-run-failed = O último backup, { $run }, falhou antes de chegar a qualquer fonte.
reason-run-partial = O último backup, { $run }, é parcial: { $source } não pôde ser guardado por inteiro.
reason-prune-failed = A última limpeza, { $run }, falhou.
reason-verify-failed = A última verificação, { $run }, encontrou algo ruim ou não conseguiu olhar; o log diz o quê. Fica pendente até que uma verificação termine bem.
reason-verify-overdue = Nenhuma verificação programada chegou ao fim desde a que era para { $at }: ninguém sabe se o que está guardado ainda pode ser lido. Veja se o serviço está funcionando: ao iniciar, ele recupera o atraso.
reason-found-bad = Arquivos guardados cujos bytes não são os que foram escritos, segundo uma verificação ou um simulado: { NUMBER($count) }; o mais recente é { $path }. Eles não contam. Recupere-os de uma cópia do repositório e execute `resguardo verify` no conjunto deles, ou remova o conjunto com `resguardo discard ID`.
reason-found-bad-adopted = Arquivos sem manifesto que uma verificação não achou inteiros: { NUMBER($count) }; o primeiro é { $path }. Recupere-os de uma cópia, ou remova-os; `resguardo verify --all` olha de novo.
reason-drill-says-no = Um simulado de restauração do conjunto { $id } não trouxe de volta como foi guardado: { $sources }. `resguardo drill { $id } --last` diz o que foi encontrado. Fica pendente até que termine bem um simulado de dados tão novos quanto esses, ou mais novos.
reason-drill-failed = O último simulado de restauração, { $run }, falhou: { $error }. Fica pendente até que um simulado termine bem.
reason-drill-not-held = O último simulado de restauração, { $run }, não pôde ser feito, o que não diz nada sobre o que está guardado: { $error }.
reason-drill-answer = { $source } voltou por inteiro do conjunto { $id }, mas a resposta a uma pergunta sua não é a esperada. `resguardo drill { $id } --last` diz qual. Fica pendente até que um simulado obtenha a resposta esperada.
reason-drill-unasked = { $source } voltou por inteiro do conjunto { $id }, mas nem todas as suas perguntas puderam ser feitas. `resguardo drill { $id } --last` diz quais não puderam; `resguardo check` as testa na produção.
reason-media-missing = { $source } voltou por inteiro do conjunto { $id }, mas faltam arquivos demais: as linhas os citam, e eles não estão entre os arquivos enviados (media) do mesmo simulado. `resguardo drill { $id } --last` mostra alguns. Fica pendente até que um simulado os encontre, ou até que o max_missing_percent desse drill.media_check admita essa falta.
reason-log = Não é possível escrever o log: { $error }. Os backups continuam, mas o que eles dizem se perde.
reason-store-refused = Não é possível guardar nada: { $error }.
reason-drill-overdue =
    { $days ->
        [0] Hoje nenhum simulado de restauração comprovou { $sources }: execute `resguardo drill`, e veja no log por que os programados não o fizeram.
        [one] Há mais de um dia nenhum simulado de restauração comprova { $sources }: execute `resguardo drill`, e veja no log por que os programados não o fizeram.
       *[other] Há mais de { NUMBER($days) } dias nenhum simulado de restauração comprova { $sources }: execute `resguardo drill`, e veja no log por que os programados não o fizeram.
    }
reason-store = Há um problema com o repositório: { $trouble }.
reason-damaged = Conjuntos danificados no repositório: { NUMBER($count) }; o mais recente é { $id }. O manifesto dele não pode ser lido, ou um arquivo que ele cita falta ou tem outro tamanho: recupere os arquivos de uma cópia do repositório, ou remova o que sobrou do conjunto com `resguardo discard { $id }`.
reason-disk-low = Resta pouco espaço no disco do repositório: o próximo backup pode não caber.
reason-clock-behind = O relógio marca uma hora anterior ao início do conjunto mais recente, { $id }. Nada expira até que ele esteja certo.

## Telling: subjects and lines of a message

tell-suspect = backup SUSPEITO: { $source } tem muito menos que antes ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] último bom: há { $age_seconds }
    })
tell-empty = backup NÃO FEITO: { $source }: o banco de dados está vazio ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] último bom: há { $age_seconds }
    })
tell-braked = backups PARADOS: { $source }: o programa cai a cada tentativa ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] último bom: há { $age_seconds }
    })
tell-stale = backup ANTIGO DEMAIS: { $source } ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] último bom: há { $age_seconds }
    })
tell-failed = o backup FALHOU: { $source }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] { $stale ->
            [yes] o último bom é ANTIGO DEMAIS: { $age_seconds }
           *[no] último bom: há { $age_seconds }
        }
    })
tell-partial =
    { $source ->
        [backup] algo não pôde ser lido
       *[other] { $source }: algo não pôde ser lido
    }
tell-skipped = { $source }: o backup não foi feito, porque outra execução ainda não tinha terminado
tell-missed = o backup NÃO ACONTECEU: { $nights ->
        [one] uma noite
       *[other] { NUMBER($nights) } noites
    } sem nenhuma tentativa ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] último bom: há { $age_seconds }
    })
tell-verify =
    { $source ->
        [backup] algo do que está guardado está ruim, ou não pôde ser examinado
       *[other] { $source }: algo do que está guardado está ruim, ou não pôde ser examinado
    }
tell-drill-answer = { $source ->
        [backup] {""}
       *[other] { $source }:{" "}
    }um simulado de restauração trouxe tudo de volta, mas uma de suas perguntas não teve a resposta esperada
tell-drill-warning = { $source ->
        [backup] {""}
       *[other] { $source }:{" "}
    }um simulado de restauração trouxe tudo de volta, com um aviso
tell-over =
    { $source ->
        [backup] está tudo bem de novo
       *[other] { $source }: está tudo bem de novo
    }
tell-since = Desde { $since }.
tell-was-since = Tinha começado em { $since }.
tell-error = O que deu errado: { $error }.
tell-hint = O que fazer: { $hint }
tell-newest-good = O backup completo mais recente é { $id }, feito em { $at }: há { $age_seconds }.
tell-no-good = Não há nenhum backup completo.

## Faults of the configuration: what was expected; key and origin are printed before it.

fault-both = esperava-se só um dos dois, isto ou { $other }; os dois foram dados
fault-both-passwords = esperava-se uma só senha; o endereço em { $other } também traz uma
fault-boolean = esperava-se true ou false, e veio { $found }
fault-cron = esperava-se uma expressão cron de cinco campos que aconteça ao menos uma vez, como "0 3 * * *", e veio { $found }
fault-address = esperava-se um endereço de e-mail, ou um nome e um endereço de e-mail entre < e >, e veio { $found }
fault-file-unreadable = esperava-se um arquivo de configuração que possa ser lido em { $path }: { $error }
fault-glob = esperava-se um padrão como "cache/**", e veio { $found }
fault-integer = esperava-se um número inteiro de { $min } a { $max }, e veio { $found }
fault-list = esperava-se uma lista de textos, como ["a", "b"], e veio { $found }
fault-listen = esperava-se um endereço e uma porta, como "127.0.0.1:8080", e veio { $found }
fault-missing = esperava-se um valor; não há nenhum
fault-number = esperava-se um número de { $min } a { $max }, e veio { $found }
fault-column = esperava-se uma coluna como tabela.coluna ou esquema.tabela.coluna, e veio { $found }
fault-no-such-source = esperava-se uma fonte configurada ({ $known }), e veio { $name }
fault-name = esperava-se um nome de letras sem acento, algarismos, ".", "_" e "-" que comece com letra ou algarismo, de no máximo 63 bytes, e veio { $found }
fault-name-reserved = esperava-se outro nome que não { $name }, com o qual são guardadas as roles do servidor; dê à fonte um nome próprio
fault-name-twice = esperava-se um nome que nenhuma outra fonte tenha, nem com outras maiúsculas; { $name } já é usado por { $other }
fault-keep-nothing = esperava-se pelo menos 1, ou junto dele uma regra de calendário como keep_weekly = 4; 0 sozinho não guardaria nada
fault-no-source = esperava-se pelo menos uma fonte: defina DATABASE_URL, ou POSTGRES_HOST e as que a acompanham, ou acrescente [[postgres]], [[sqlite]], [[media]] ou [[files]] em { $path }
fault-no-source-no-file = esperava-se pelo menos uma fonte: defina DATABASE_URL, ou POSTGRES_HOST e as que a acompanham, ou descreva uma em um arquivo; em { $path } não há nenhum, e com --config se indica outro
fault-not-utf8 = esperava-se texto em UTF-8
fault-path = esperava-se um caminho, e veio { $found }
fault-secret = esperava-se um texto entre aspas; o que veio não é mostrado
fault-secret-file = esperava-se um arquivo que possa ser lido: { $error }
fault-section = esperava-se uma seção de chaves, [{ $section }]
fault-tables = esperavam-se seções de chaves, cada uma com o seu próprio [[{ $section }]]
fault-text = esperava-se um texto entre aspas, e veio { $found }
fault-toml = esperava-se TOML, na linha { $line }, coluna { $column }: { $error }
fault-unknown-key = esta chave não existe
fault-unknown-key-near = esta chave não existe; você quis dizer { $near }?
fault-url = esperava-se um endereço como postgres://user@host:5432/database ou sqlite:///path
fault-url-database = esperava-se um endereço que cite um banco de dados, como postgres://user@host:5432/database
fault-url-encoding = esperava-se um endereço cujas partes estejam em UTF-8 com codificação de porcentagem
fault-url-fragment = esperava-se um endereço sem "#" depois do banco de dados; um "#" dentro da senha se escreve %23
fault-url-not-postgres = esperava-se o endereço de um banco de dados PostgreSQL; um arquivo SQLite é uma fonte à parte, [[sqlite]]
fault-url-port = esperava-se uma porta de 1 a 65535 no endereço; ":", "/", "?", "#" ou "%" dentro da senha se escrevem %3A, %2F, %3F, %23, %25
fault-url-quoted = esperava-se um endereço sem aspas em volta; onde o docker lê um env_file, elas fazem parte do valor
fault-url-scheme = esperava-se um endereço que comece com postgres://, postgresql://, postgis:// ou sqlite://
fault-url-sqlite = esperava-se o caminho de um arquivo de banco de dados: sqlite:///caminho/relativo ou sqlite:////caminho/absoluto
fault-url-sslmode = esperava-se que sslmode fosse um destes: { $words }
fault-url-user = esperava-se um endereço que cite um usuário, como postgres://user@host:5432/database
fault-word = esperava-se um destes: { $words }; e veio { $found }
fault-zone = esperava-se um fuso horário pelo nome IANA, como "America/Sao_Paulo", e veio { $found }

notice-near-name = { $name } está definida e aqui não significa nada; você quis dizer { $near }?
notice-host-default = { $name } não está definida; usa-se { $host }.
notice-password-of-none = { $name } não é usada para nenhum dos bancos de dados, porque há vários configurados; dê a cada um o seu próprio password ou password_file.

## Restoring

restore-from-set = { $source } é restaurado de { $path } ({ $size }) do conjunto { $id }, feito em { $at }.
restore-from-file = { $source } é restaurado de { $path } ({ $size }), pelo qual nenhum conjunto responde.
restore-suspect = Este backup de { $source } é suspeito: tem muito menos que o anterior. É restaurado porque você o indicou.
restore-passed-over = O backup mais recente de { $source }, { $id }, é deixado de lado: está danificado, é suspeito ou não está completo.
restore-unconfigured = O repositório também tem { $sources }, que não está configurado aqui e não é restaurado: o arquivo de configuração é outro (--config ou RESGUARDO_CONFIG), ou falta uma variável, como DATABASE_URL?
restore-left-out = O conjunto também tem { $sources }, que não está configurado aqui e fica de fora.
restore-companion-lost = Algo que o acompanha não pode ser usado e fica de fora: { $error }.
restore-mixed-sets = Estes vêm de conjuntos diferentes ({ $parts }): o que um deles menciona pode faltar em outro.
restore-before-hook = Antes da troca do antigo pelo novo, é executado: { $program }
restore-after-hook = Depois, aconteça o que acontecer, é executado: { $program }
restore-no-hook = Este programa não para o aplicativo (restore.before_hook não está definido): pare-o antes, ou reinicie-o depois.
restore-undo = { $old } volta a tomar o lugar de { $live }; o que está lá agora fica guardado como { $aside }.
restore-undo-hours = O que foi escrito desde { $since } ({ NUMBER($hours) } h) é posto de lado junto.
restore-clean =
    { $days ->
        [0] É removido { $old } ({ $size }): a cópia antiga de { $source } que a restauração { $run } guardou hoje.
        [one] É removido { $old } ({ $size }): a cópia antiga de { $source } que a restauração { $run } guardou há um dia.
       *[other] É removido { $old } ({ $size }): a cópia antiga de { $source } que a restauração { $run } guardou há { NUMBER($days) } dias.
    }
restore-clean-unsized =
    { $days ->
        [0] É removido { $old }: a cópia antiga de { $source } que a restauração { $run } guardou hoje. Calcular o tamanho dela levaria muito tempo.
        [one] É removido { $old }: a cópia antiga de { $source } que a restauração { $run } guardou há um dia. Calcular o tamanho dela levaria muito tempo.
       *[other] É removido { $old }: a cópia antiga de { $source } que a restauração { $run } guardou há { NUMBER($days) } dias. Calcular o tamanho dela levaria muito tempo.
    }
restore-clean-gone =
    { $days ->
        [0] { $old }, que a restauração { $run } de { $source } guardou hoje, não está lá: foi removido à mão, ou está em outra máquina da qual este repositório foi copiado. É esquecido; nada é removido.
        [one] { $old }, que a restauração { $run } de { $source } guardou há um dia, não está lá: foi removido à mão, ou está em outra máquina da qual este repositório foi copiado. É esquecido; nada é removido.
       *[other] { $old }, que a restauração { $run } de { $source } guardou há { NUMBER($days) } dias, não está lá: foi removido à mão, ou está em outra máquina da qual este repositório foi copiado. É esquecido; nada é removido.
    }
restore-clean-stays = De { $source }, o que a restauração { $run } deixou fica como está: { $why }.
restore-clean-unreadable = Não dá para saber o que uma restauração anterior guardou, e isso fica: { $error }.
restore-give-up = A restauração { $run } de { $source } é abandonada ({ $why }): nada mais cuida dela. Ela pode ter deixado { $names }: olhe lá e remova à mão o que ninguém precisa.
restore-give-up-database = Se { $live } recusar sessões: ALTER DATABASE "{ $live }" ALLOW_CONNECTIONS true.
restore-mixed = A restauração { $run } terminou entre uma fonte e outra, todas inteiras: { $new } está restaurado, { $old } está como estava. Restaure de novo, ou desfaça-a com `resguardo restore --undo`.
restore-mixed-undo = A operação de desfazer { $run } terminou entre uma fonte e outra, todas inteiras: { $new } voltou ao seu lugar, { $old } está como estava. Para completá-la: `resguardo restore --undo { $again }`.
restore-clean-final = Depois não há como voltar a elas.
restore-settled-new = Uma restauração de { $source } foi interrompida durante a troca do antigo pelo novo. Os dados novos estão no lugar; os antigos ficam guardados.
restore-settled-undo-old = Uma operação de desfazer de { $source } foi interrompida antes de a cópia guardada tomar o lugar. O que estava lá está como estava, e a cópia continua guardada: `resguardo restore --undo` a retoma.
restore-settled-clean = A cópia antiga de { $source }, cuja remoção tinha sido interrompida, foi removida.
restore-settled-old = Uma restauração de { $source } foi interrompida antes de os dados novos tomarem o lugar. Os dados antigos estão como estavam; dos novos não sobrou nada.
warning-restore-unsettled = Algo não pôde ser arrumado ou anotado; a próxima execução tenta de novo: { $error }.
warning-restore-stays = { $source } não pôde ser devolvido ao lugar ({ $error }): os dados novos estão em uso, os antigos ficam guardados. `resguardo restore --undo` tenta de novo.
warning-restore-aside = O que não pôde ficar no lugar foi trocado de volta. O que esteve lá nesse meio-tempo fica guardado como { $names }: `resguardo restore --clean` remove.
warning-restore-meanwhile = Durante a troca dos dados, um programa escreveu no lugar deles. O que já tinha um equivalente nos dados atuais fica guardado como { $names }: pegue dali o que faltar; `resguardo restore --clean` remove.
warning-restore-journal = O diário de uma restauração não pode ser lido: { $error }. O que essa restauração criou ou guardou leva { $run } no fim do nome; `resguardo restore --clean` não consegue remover.
hint-restore-unsettled = Inicie o servidor de banco de dados, ou monte o que falta, e execute o comando de novo: primeiro se resolve o que foi interrompido. Onde isso não for possível, ou se este repositório foi copiado de outra máquina, `resguardo restore --clean --source { $source }` o abandona e diz o que pode ter ficado.
hint-restore-unsettled-unconfigured = Configure { $source } de novo como estava, e execute o comando outra vez: primeiro se resolve o que foi interrompido. Ou abandone com `resguardo restore --clean --source { $source }`, que diz o que pode ter ficado.
hint-restore-kept-unconfigured = Configure { $source } de novo como estava. Ou faça esquecer o que está guardado com `resguardo restore --clean --source { $source }`, que diz o que falta remover à mão.
hint-restore-journal = Recupere o arquivo de uma cópia do repositório, ou use a versão do resguardo que o escreveu. O que essa restauração criou ou guardou leva { $run } no fim do nome: cuide disso à mão e depois remova o arquivo. As restaurações seguem sem ele.
hint-restore-gone = Foi removido à mão, ou está em outra máquina da qual este repositório foi copiado; nesse caso, desfaça lá. `resguardo restore --clean` o esquece.
hint-restore-manifest = Recupere sets/{ $id }.json de uma cópia do repositório, ou restaure arquivos avulsos do conjunto com --db e --media.
hint-restore-damaged = Escolha outro conjunto (`resguardo list`), ou recupere o arquivo de uma cópia do repositório. Nada foi alterado.
hint-restore-incomplete = Escolha outro conjunto, ou restaure-o à parte com --to-dir DIR e pegue dali o que precisar. Nada foi alterado.
hint-may-not-read-store = Restaure com um usuário que possa ler o repositório; pode haver mais do que se mostra.
hint-restore-no-good = `resguardo list` mostra o que existe; um suspeito conta depois de `resguardo accept ID`, ou é restaurado pelo conjunto: --set ID.
hint-restore-sources = As configuradas são: { $known }. A que nasce de uma variável (DATABASE_URL) só existe onde essa variável está definida.
hint-restore-choose = Diga qual com --source NAME: { $choices }.
hint-restore-no-file = Indique um caminho, ou o nome de um arquivo de db, media ou files em { $dir }. `resguardo list` mostra os conjuntos.
hint-restore-other-engine = Indique um arquivo do mesmo tipo que a fonte: .sql ou .dump do PostgreSQL, um arquivo SQLite, um .tar. Nada foi alterado.
hint-restore-role = Indique-o com { $flag }.
hint-restore-twice = Indique para cada fonte um só arquivo por vez.
hint-restore-to-db = Indique um banco de dados com --source ou --db; pastas e arquivos vão com --to-dir.
hint-restore-aside-database = Dê também ao banco de dados um nome próprio com --to-db NAME, ou deixe { $source } de fora indicando as outras com --source.
hint-restore-aside-folder = Indique também uma pasta com --to-dir DIR, ou deixe { $source } de fora indicando as outras com --source.
hint-restore-within = Indique uma pasta fora do repositório, dos logs e das pastas do próprio aplicativo.
hint-restore-to-dir = Indique o que vai para lá com --source ou --media; um banco de dados vai com --to-db.
hint-restore-only = Indique pastas ou arquivos com --source ou --media.
hint-restore-hook = Veja restore.{ $hook } na configuração. Se ele parou o aplicativo, veja se está funcionando de novo.
hint-restore-again = Execute o comando de novo.
hint-restore-nothing-kept = Nada está guardado com um nome antigo, então não há nada a trocar de volta nem a remover.
hint-restore-no-consent = Nada foi alterado. Para consentir, digite exatamente o que é pedido.
reason-unconfigured = O repositório tem backups novos de { $source }, que não está configurado aqui: o arquivo de configuração é outro (--config ou RESGUARDO_CONFIG), ou falta uma variável, como DATABASE_URL?
hint-restore-nobody = Nada foi alterado. Execute o comando em um terminal, ou com --yes.
reason-old-copies =
    { $days ->
        [0] A restauração { $run }, de hoje, ainda guarda o que substituiu: { $names }. `resguardo restore --clean` remove, depois de perguntar.
        [one] A restauração { $run }, de um dia atrás, ainda guarda o que substituiu: { $names }. `resguardo restore --clean` remove, depois de perguntar.
       *[other] A restauração { $run }, de { NUMBER($days) } dias atrás, ainda guarda o que substituiu: { $names }. `resguardo restore --clean` remove, depois de perguntar.
    }
reason-restore-unsettled = A restauração { $run } de { $source } foi interrompida e ainda não foi resolvida. A próxima execução resolve; qualquer `resguardo restore` também.
reason-restore-unsettled-why = A restauração { $run } de { $source } foi interrompida e não pode ser resolvida: { $why }. Tenta-se de novo a cada execução; `resguardo restore --clean --source { $source }` a abandona.
cli-restore-type = Para consentir, digite: { $name }
cli-restore-one-source = Com --source, indique um arquivo e uma fonte, para ficar claro qual vai para onde.
cli-restore-done = Restaurado: { $sources }
cli-restore-restart = Reinicie agora o aplicativo: ele pode ter conexões abertas, e em cache o que estava lá antes.
cli-restore-backup = Depois faça um backup: `resguardo backup`
cli-restore-undo = Guardado: { $old }. Para voltar a isso: resguardo restore --undo
cli-restore-clean = Para remover quando tudo estiver bem: resguardo restore --clean
cli-restore-cleaned = Removido; { $size } ficaram livres.

## Restoring a PostgreSQL database

restore-database-stands = Em { $server } está agora o banco de dados { $database }: { $size }; tabelas: { NUMBER($tables) }, sessões: { NUMBER($sessions) }.
restore-database-none = Em { $server } ainda não há um banco de dados { $database }.
restore-database-beside = O backup é carregado em um banco de dados próprio, { $new }, e comparado; só então ele passa a ser { $database }.
restore-database-kept = O que está agora em { $database } fica guardado como { $old } até você remover; o que for escrito de agora até a troca fica só ali.
restore-database-sessions = Na troca, todas as sessões de { $database } são encerradas, e novas são recusadas por no máximo cinco segundos.
restore-room = Espaço no servidor: são necessários { $needed }, há { $free } livres.
restore-room-unseen = Espaço no servidor: são necessários { $needed }; não dá para ver quanto há livre. Um disco cheio faz parar todos os bancos de dados que estão nele.
warning-restore-roles = A role { $user } não é superusuária: { $role } e outras roles que o conjunto traz podem ser criadas sem os seus direitos e senhas, ou nem ser criadas.
warning-restore-passwords = Estas roles são criadas sem senha, porque o conjunto não tem nenhuma: { $roles }. Ninguém entra com uma delas até que receba uma senha: ALTER ROLE { $first } PASSWORD '…'.
warning-restore-tablespace = O tablespace { $tablespace } não está neste servidor: o que ficava nele vai ficar no padrão.
forecast-standby = uma restauração seria recusada, porque este servidor é uma réplica: ela precisa ir para o primário
forecast-createdb = uma restauração não pode carregar ao lado do banco de dados atual, porque a role { $user } não pode criar um: ALTER ROLE "{ $user }" CREATEDB
forecast-ownership = uma restauração seria recusada, porque a role { $user } não pode agir pelo dono do banco de dados: GRANT "{ $owner }" TO "{ $user }"
forecast-room = uma restauração não consegue ver o espaço no disco do servidor, e exigiria --assume-room: monte esse disco somente para leitura e indique-o em data_volume, ou use GRANT pg_execute_server_program TO "{ $user }", que deixa a role executar programas lá
forecast-owners = uma restauração feita por este usuário seria recusada, porque { $first } pertence a { $owner }, o que só root pode definir: restaure como root, ou com --no-owner, e tudo pertencerá ao usuário que executa o resguardo
hint-restore-standby = Indique na configuração o servidor primário: uma réplica o segue.
hint-restore-createdb = Deixe a role criar o banco de dados ao lado do antigo: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-ownership = Deixe a role agir pelo dono: GRANT "{ $owner }" TO "{ $user }", ou restaure como superusuário.
hint-restore-missing-role = Crie-a: CREATE ROLE "{ $role }", ou restaure de um conjunto que tenha as roles do servidor, com uma role que possa criá-las.
hint-restore-exists = Indique um banco de dados que ainda não exista: { $database } já existe.
hint-restore-taken = Renomeie ou remova o banco de dados { $database } se ninguém precisar dele, e tente de novo.
hint-restore-name = Dê ao banco de dados um nome de 1 a { $max } bytes.
hint-restore-closed = Deixe as sessões entrarem de novo: ALTER DATABASE "{ $database }" ALLOW_CONNECTIONS true. Alguém as barrou de propósito, ou uma restauração terminou antes de poder liberá-las.
hint-restore-unreadable = O banco de dados novo toma as propriedades de { $database }, que não podem ser lidas. Dê outro nome a ele, ALTER DATABASE "{ $database }" RENAME TO "{ $database }_damaged", e restaure de novo: então valem as propriedades do próprio conjunto.
hint-restore-prepared = Conecte-se a { $database } e termine-a: ROLLBACK PREPARED '{ $gid }', ou COMMIT PREPARED '{ $gid }'.
hint-restore-slot = Quem lê por ele continuaria lendo a cópia antiga. Pare o leitor e remova o slot: SELECT pg_drop_replication_slot('{ $slot }').
hint-restore-subscription = Ela continuaria escrevendo na cópia antiga. Remova-a em { $database }: DROP SUBSCRIPTION "{ $subscription }".
hint-restore-session = Deixe a role encerrar as sessões de { $who }: GRANT pg_signal_backend TO "{ $user }"; as de um superusuário encerre você, ou restaure como um.
hint-restore-busy = O que estava lá está como estava, e todos podem entrar de novo. Encerre o processo { $pid } do servidor de banco de dados, ou espere ele terminar, e tente de novo.
hint-restore-at-work = O servidor de banco de dados ainda está ocupado com o que uma tentativa anterior pediu; o próximo início ou a próxima execução tenta resolver de novo. Se continuar falhando, o processo { $pid } do servidor não reage: veja o que ele espera.
hint-restore-left = Pode ter sobrado { $databases }: o próximo início ou a próxima execução remove. Se continuar falhando, um processo do servidor não reage (parado, ou à espera de um disco): encerre-o.
hint-restore-extension-missing = Instale a extensão { $extension } na máquina ou na imagem do servidor de banco de dados, na versão que combine com o servidor.
hint-restore-extension = Restaure como superusuário: a role { $user } não pode criar a extensão { $extension }.
hint-restore-locale = Instale a localidade { $locale } ({ $provider }) na máquina ou na imagem do servidor de banco de dados, ou crie você mesmo o banco de dados com outra e carregue o dump como RESTORE.md explica.
hint-restore-older-server = Restaure em um servidor da versão { $dumped } ou mais novo; um servidor { $server } não entende o que um mais novo escreveu.
hint-restore-properties = Não foi possível dar ao banco de dados novo um ajuste ou direito que o antigo tem, então nada foi trocado: deixe a role { $user } defini-lo, ou restaure como superusuário.
hint-restore-server-room = Abra espaço no disco dos dados do servidor: são necessários { $needed }, há { $free } livres. As cópias antigas de uma restauração saem com `resguardo restore --clean`.
hint-restore-room-unseen = Garanta que haja { $needed } livres no disco dos dados do servidor e diga isso com --assume-room; ou monte aqui esse disco e indique-o em data_volume; ou deixe a role perguntar ao servidor (GRANT pg_execute_server_program TO seguido da role, o que a deixa executar programas lá).
hint-restore-room-low = A carga foi encerrada quando restavam { $free }, e o que tinha sido carregado foi removido: abra espaço, o banco de dados está maior do que era.
hint-restore-data-volume = Veja se o disco dos dados do servidor está montado em { $path }, o data_volume da configuração.
hint-restore-differs = O que foi carregado não é o que foi guardado, por isso foi removido; o que estava lá está como estava. Verifique o conjunto e restaure outro.

# Single tables of a PostgreSQL database.
restore-table-beside = A tabela { $table } do backup (linhas: { NUMBER($coming) }) é posta no banco de dados { $database } de { $server } como { $new }: colunas e linhas, para olhar e copiar, sem valores padrão, índices, chaves nem políticas. Nada mais é tocado.
restore-table-replace = As linhas de { $table } no banco de dados { $database } de { $server }, que agora são { NUMBER($rows) }, são substituídas pelas do backup, { NUMBER($coming) }. As atuais ficam guardadas como { $old }, até `resguardo restore --clean`. Durante esse tempo todos os outros esperam pela tabela, e os gatilhos dela não disparam.
restore-table-load = O backup inteiro é carregado em um banco de dados próprio, { $new }, comparado, e removido quando as linhas estiverem em { $database }.
hint-restore-table = Use --table com um só banco de dados PostgreSQL, com --set, --latest ou --db e, se houver vários, --source; --replace só junto com --table. Para carregar um banco de dados inteiro em outro lugar use --to-db sem --table.
hint-restore-table-whole = Restaure o banco de dados inteiro: resguardo restore --latest --source { $source }
hint-restore-table-taken = Veja se ela ainda é necessária, e remova-a: DROP TABLE { $table }
hint-restore-table-create = Deixe a role criar tabelas ali: GRANT USAGE, CREATE ON SCHEMA "{ $schema }" TO "{ $user }".
hint-restore-table-schema = Crie-o: CREATE SCHEMA "{ $schema }". Ou restaure o banco de dados inteiro à parte, com --to-db NAME.
hint-restore-table-gone = Restaure-a sem --replace; ela vem como tabela própria, da qual copiar para uma { $table } nova.
hint-restore-table-kind = Visões e tabelas estrangeiras não têm linhas próprias.
hint-restore-table-partition = Substitua a tabela da qual ela é partição, ou restaure-a sem --replace e copie dela.
hint-restore-table-owner = Deixe a role agir pelo dono: GRANT "{ $owner }" TO "{ $user }", ou restaure como superusuário.
hint-restore-table-key-owner = Deixe a role { $user } agir pelo dono de { $table }, ou restaure como superusuário, ou restaure sem --replace e copie da tabela restaurada.
hint-restore-table-key-off = Ligue-a de novo: ALTER TABLE { $table } ENABLE TRIGGER ALL. Ou restaure sem --replace e copie da tabela restaurada.
hint-restore-table-column = Restaure-a sem --replace e copie o que precisar, ou devolva a { $table } a coluna { $column } enquanto durar a restauração.
hint-restore-table-required = Restaure-a sem --replace e copie o que precisar; ou deixe a coluna { $column } de { $table } ficar vazia, ou dê a ela um valor padrão, enquanto durar a restauração.
hint-restore-table-type = Crie de novo o tipo { $type }, ou restaure o banco de dados inteiro à parte, com --to-db NAME. O que está lá está como estava.
hint-restore-table-several = Diga qual: { $tables }.
hint-restore-table-near = As mais parecidas que ele tem: { $tables }. Escreva NAME ou SCHEMA.NAME, com maiúsculas e minúsculas como são. Uma tabela feita de partições que não existe mais volta com o banco de dados dela, --to-db NAME.
hint-restore-table-none = O backup não tem tabelas.
hint-restore-table-lost = Alguém removeu ou renomeou { $table }, ou o banco de dados foi trocado desde então. Nada foi alterado.
hint-restore-table-key = Há linhas de { $from } que se referem a linhas de { $to } que não existiriam, então nada foi alterado: substitua as duas tabelas de uma vez (--table duas vezes), ou restaure sem --replace e copie o que precisar; ou remova antes a chave { $key }.
hint-restore-table-locked = Nada foi alterado. Espere a sessão { $pid } de { $who } terminar a transação dela, ou encerre-a: SELECT pg_terminate_backend({ $pid }). Depois tente de novo.
cli-restore-table = O que foi restaurado é uma tabela própria: pegue dela o que precisar (INSERT INTO … SELECT … FROM) e depois a remova.

## Replacing a PostgreSQL database in place

restore-in-place = A role { $user } não pode criar um banco de dados, então { $database } é substituído no próprio lugar, em uma só transação: nada dela vale antes que o backup tenha sido lido até o fim e todas as contagens coincidam, e o que der errado até lá deixa tudo como está.
restore-in-place-waits = As sessões dele são encerradas no começo e no fim; nesse meio-tempo, quem pergunta espera.
restore-in-place-extensions = Estas extensões pertencem a outra role e ficam como estão: { $extensions }.
restore-in-place-schemas = Estes esquemas pertencem a outra role: o que há neles é substituído; o dono e os direitos ficam: { $schemas }.
restore-safety = Antes é feito um backup prévio de { $source }, que é lido de novo: é o único caminho de volta. O que for escrito depois que ele começar se perde: pare o aplicativo antes.
restore-no-safety = NENHUM BACKUP PRÉVIO É FEITO: o que está agora em { $source } se perde para sempre depois de substituído.
restore-way-back = O que estava antes em { $source } fica guardado no conjunto { $set }, fixado. Para trazer de volta: resguardo restore --set { $set } --source { $source }
restore-safety-left = Foi feito um backup do que está em { $source } antes da restauração que não aconteceu: o conjunto { $set } está fixado. Quando ninguém precisar dele: resguardo unpin { $set }
restore-settled-old-safety = Uma restauração de { $source } foi interrompida antes de os dados novos tomarem o lugar. Os dados antigos estão como estavam; também estão no conjunto { $set }, fixado: quando ninguém precisar dele, `resguardo unpin { $set }`.
hint-restore-undo-in-place = Uma restauração substituiu { $source } no próprio lugar, e o que estava lá antes está no conjunto { $set }: resguardo restore --set { $set } --source { $source }
restore-settled-in-place = Uma restauração de { $source } foi interrompida no fim. Os dados novos estão no lugar; o que estava lá antes está no conjunto { $set }: `resguardo restore --set { $set } --source { $source }`.
restore-settled-in-place-bare = Uma restauração de { $source } foi interrompida no fim. Os dados novos estão no lugar; do que estava lá antes nada fica guardado, como foi pedido.
hint-restore-safety = Nada foi alterado. Veja por que não é possível fazer backup de { $source }; ou diga --no-safety-backup, se o que está lá agora puder se perder.
hint-restore-foreign = Deixe a role agir pelo dono: GRANT "{ $owner }" TO "{ $user }"; ou deixe a role criar um banco de dados ao lado deste: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-closed-table = Deixe a role preenchê-la: GRANT INSERT, DELETE ON { $table } TO "{ $user }"; ou deixe a role criar um banco de dados ao lado deste: ALTER ROLE "{ $user }" CREATEDB.
hint-restore-locks = Permita mais bloqueios por transação: ALTER SYSTEM SET max_locks_per_transaction = { $enough }, e reinicie o servidor de banco de dados; ou deixe a role criar um banco de dados ao lado deste (CREATEDB).
hint-restore-session-stays = O que ela teria alterado ninguém vê. Encerre esse processo do servidor de banco de dados, ou espere ele terminar, e execute o comando de novo.

## Drills

hint-drill-held = Outro simulado está em andamento. Ele termina sozinho; depois, `resguardo drill --last` mostra o que ele encontrou.
hint-drill-dir = Indique em drill.dir uma pasta de um disco em que o resguardo possa escrever, fora do repositório e daquilo de que se faz backup; { $path } não serve.
hint-drill-no-room = Libere pelo menos { $needed } no volume de { $path }, ou indique um maior em drill.dir.
hint-drill-failed = Não confie neste conjunto. Faça um simulado com um anterior (`resguardo drill ID`) para saber qual está bom, e depois descubra o que aconteceu com este: `resguardo verify ID` diz se os bytes dele mudaram no repositório.
warning-media-missing = Arquivos que { $column } cita e que faltam em { $media }: { NUMBER($missing) } de { NUMBER($named) }, por exemplo { $examples }
hint-drill-answer = Os dados deste conjunto voltaram como foram guardados: ele é um backup tão bom quanto antes. Se linhas se perderam, corrija a produção a partir de um conjunto mais antigo; se a resposta de agora é a certa, indique-a em { $keys } como a esperada.
hint-drill-unasked = Isso não diz nada sobre o conjunto. Corrija `sql` de { $keys } na configuração; `resguardo check` faz o teste na produção.
warning-proof-skipped = Uma das provas de { $source } foi pulada, e isso não é um sucesso: { $what }: { $why }
drill-none-yet = Nenhum simulado descobriu nada ainda. `resguardo drill` faz um.
drill-last-not-held = O último simulado, { $run }, não descobriu nada: { $error }
drill-page-head = SIMULADO DE RESTAURAÇÃO { $run }
drill-page-set = Conjunto: { $id }, feito em { $at }
drill-page-one-set = Conjunto: { $id }, feito em { $at }: { $sources }
drill-page-held = Realizado: de { $from } até { $until }, pelo resguardo { $version }
drill-page-proven =
    { $count ->
        [0] Resultado: COMPROVADO{ $warned }. Não havia nenhuma fonte.
        [one] Resultado: COMPROVADO{ $warned }. A única fonte foi restaurada e encontrada como foi guardada.
       *[other] Resultado: COMPROVADO{ $warned }. As { NUMBER($count) } fontes foram restauradas e encontradas como foram guardadas.
    }
drill-page-in-part = Resultado: NÃO COMPROVADO{ $warned }. Fontes com que não foi possível fazer o simulado: { NUMBER($not_held) } de { NUMBER($count) }; as outras foram encontradas como foram guardadas.
drill-page-failed = Resultado: NÃO{ $warned }. Fontes que não voltaram como foram guardadas: { NUMBER($failed) } de { NUMBER($count) }.
drill-page-doubted =
    { $count ->
        [0] Resultado: COMPROVADO, MAS NÃO COMO ESPERADO{ $warned }. Não havia nenhuma fonte; há respostas às suas perguntas que não são as esperadas, em { $sources }.
        [one] Resultado: COMPROVADO, MAS NÃO COMO ESPERADO{ $warned }. A única fonte foi restaurada e encontrada como foi guardada; há respostas às suas perguntas que não são as esperadas, em { $sources }.
       *[other] Resultado: COMPROVADO, MAS NÃO COMO ESPERADO{ $warned }. As { NUMBER($count) } fontes foram restauradas e encontradas como foram guardadas; há respostas às suas perguntas que não são as esperadas, em { $sources }.
    }
drill-page-source-proven = { $source } ({ $kind }): comprovado
drill-page-one-warning = , com 1 aviso ({ $which })
drill-page-warnings = , com { NUMBER($warnings) } avisos ({ $which })
drill-page-missing-files = { $source }: faltam arquivos que as linhas citam
drill-page-unasked = { $source }: houve perguntas que não puderam ser feitas
drill-page-skipped-proof = { $source }: prova pulada: { $what }
drill-page-source-doubted = { $source } ({ $kind }): comprovado, mas não como esperado
drill-page-source-failed = { $source } ({ $kind }): NÃO VOLTOU COMO FOI GUARDADO
drill-page-source-not-held = { $source } ({ $kind }): não foi possível fazer o simulado
drill-page-restored = restaurado em { $time }
drill-page-ok = certo
drill-page-no = ERRADO
drill-page-skipped = pulado
drill-page-remark = observação: { $remark }
drill-page-error = Por quê: { $error }
drill-page-rto = Tempo de restauração (RTO): { $time }, uma fonte após a outra
drill-page-no-rto = Tempo de restauração (RTO): nenhum, porque nem tudo voltou
drill-page-rpo = Dados em risco (RPO): { $time }, a idade do conjunto quando o simulado começou
drill-page-rpo-of = Dados em risco (RPO): { $time } de { $sources }, a idade do conjunto { $id } quando o simulado começou
drill-page-peak = Disco ocupado: { $size } no máximo

## The drill: what stops it, what is odd in production

hint-drill-no-server = Instale os programas do servidor PostgreSQL (initdb, postgres) da versão { $major } ou mais novos onde o simulado é feito, junto de psql e pg_dump.
hint-drill-locale = Instale a localidade { $locale } ({ $provider }) onde o simulado é feito: o servidor dele precisa ordenar como o de produção.
hint-drill-extension = Instale a extensão { $extension } para o PostgreSQL { $major } onde o simulado é feito: o servidor dele precisa conhecê-la como o de produção.
hint-drill-shut = Deixe outros passarem por { $path } (chmod o+x): o servidor do simulado não é executado como root, e os dados dele ficam dentro dela.
hint-drill-become = Deixe o resguardo passar a ser o usuário postgres e encerrar o que ele executa (em um contêiner: cap_add SETUID, SETGID e KILL), ou execute-o com esse usuário: o PostgreSQL se recusa a funcionar como root.
hint-drill-nameless = Instale libnss-wrapper onde o simulado é feito (apt-get install libnss-wrapper), ou dê lá um nome ao usuário: echo 'resguardo:x:{ $user }:{ $group }::/nonexistent:/bin/false' >> /etc/passwd
hint-drill-preload = O conjunto não diz nada do que a produção carrega com o servidor (shared_preload_libraries), e o servidor do simulado não tem esta biblioteca. Isso não diz nada sobre o backup: faça este simulado à mão, em um servidor que a carregue.
hint-drill-rights = Passe a pasta do simulado para esse usuário (como root: install -d -o { $user } { $dir }), ou indique em drill.dir uma em que ele possa escrever.
hint-drill-left = Um simulado anterior foi feito por outro usuário: como root, `{ $line }`, e deixe um só usuário fazer todos os simulados em { $dir }; agora é { $user }.
hint-drill-left-on-host = Um simulado anterior foi feito por outro usuário: no host, onde está o arquivo compose, `sudo { $line }` (o que está montado em { $mount }), e deixe um só usuário fazer todos os simulados em { $dir }; agora é { $user }.
hint-drill-died = Veja no log do sistema por que ele terminou; o mais comum é ter faltado memória, ou alguém tê-lo encerrado. Isso não diz nada sobre o backup.
hint-drill-room = O simulado foi encerrado quando restavam { $free } no volume de { $path }: libere espaço lá, ou indique um maior em drill.dir. Isso não diz nada sobre o backup.
remark-foreign-keys = Linhas que citam outras que não existem: { NUMBER($count) }; a primeira está em { $table }.
remark-not-valid = Restrições que nunca foram conferidas com todas as linhas (NOT VALID): { NUMBER($count) }; a primeira é { $constraint }.
remark-index-not-valid = Índices de tabelas particionadas que nem todas as partições têm: { NUMBER($count) }; o primeiro é { $index }.
remark-sequence-behind = A sequência { $sequence } está em { $value }, e { $column } já contém { $max }: linhas novas podem colidir.
remark-drill-unconfined = Este kernel não consegue limitar o servidor do simulado aos próprios arquivos (Landlock, Linux 5.13 ou mais novo): funções do dump poderiam alcançar o que o usuário do servidor alcança.
remark-drill-network = Este kernel não consegue manter o servidor do simulado fora da rede (Landlock, Linux 6.7 ou mais novo): funções do dump poderiam alcançar outros servidores.

## The page

page-language = pt
page-healthy = Seus dados estão a salvo.
page-warning = Seus dados têm backup, mas algo precisa da sua atenção.
page-under-way = Um backup está em andamento.
page-stale = Seu backup mais recente é antigo demais.
page-never = Ainda não há nenhum backup completo.
page-empty = Um banco de dados está vazio.
page-out-of-reach = Não é possível ver as cópias.
page-suspect = Seu backup mais recente parece ter algo errado.
page-all-stored = Tudo foi guardado { $ago }, em { $at }.
page-nothing-of = Ainda não há nada guardado de { $sources }.
page-all-proven = Tudo foi restaurado como prova { $ago }; levou { $time }.
page-unproven = Ainda não comprovado por uma restauração: { $sources }. `resguardo drill` faz isso.
page-disproven = No último simulado de restauração, isto NÃO voltou como foi guardado: { $sources }.
page-next-backup = O próximo backup começa em { $at }.
page-ago-now = agora mesmo
page-ago-minute = há um minuto
page-ago-minutes = há { NUMBER($count) } minutos
page-ago-hour = há uma hora
page-ago-hours = há { NUMBER($count) } horas
page-ago-days = há { NUMBER($count) } dias
page-reasons = O que precisa da sua atenção
page-sources = O que está guardado
page-source = Fonte
page-newest = Cópia mais recente
page-size = Tamanho
page-growth = { $by } por semana
page-growth-none = quase nada
page-course = Evolução
page-size-course = Tamanho guardado ao longo do tempo, de { $from } a { $to }
page-proof = Teste de restauração
page-proof-none = ainda não
page-proof-good = voltou por inteiro
page-proof-bad = NÃO voltou por inteiro
page-none-yet = ainda nenhuma
page-nights = Um ano, noite a noite
page-night-good = boa
page-night-partial = em parte
page-night-failed = com falha
page-night-none = sem backup
page-nights-summary =
    { $good ->
        [0] No ano que termina hoje: nenhuma noite boa, { NUMBER($partial) } em parte, { NUMBER($failed) } com falha, { NUMBER($none) } sem backup.
        [one] No ano que termina hoje: uma noite boa, { NUMBER($partial) } em parte, { NUMBER($failed) } com falha, { NUMBER($none) } sem backup.
       *[other] No ano que termina hoje: { NUMBER($good) } noites boas, { NUMBER($partial) } em parte, { NUMBER($failed) } com falha, { NUMBER($none) } sem backup.
    }
page-bad-nights = Noites que não foram boas
page-durations = Quanto demora um backup
page-durations-told = O último levou { $last }; o mais demorado, { $longest }.
page-next = O que vem a seguir
page-running = { $job }: em andamento desde { $at }.
page-due = { $job } em { $at }.
page-job-backup = Backup dos dados
page-job-prune = Limpeza dos conjuntos antigos
page-job-verify = Verificação
page-job-restore = Restauração
page-job-drill = Simulado de restauração
page-drills = Simulados de restauração
page-drill-good = O conjunto { $id } voltou por inteiro em { $time }.
page-drill-bad = O conjunto { $id } NÃO voltou por inteiro: { $sources }.
page-copies = Onde estão as cópias
page-store-away = Não é possível acessar a pasta das cópias, { $dir }.
page-stored =
    { $sets ->
        [0] Na pasta { $dir } deste servidor: nenhum conjunto, { $size }. Livres nela: { $free } de { $total }.
        [one] Na pasta { $dir } deste servidor: um conjunto, { $size }. Livres nela: { $free } de { $total }.
       *[other] Na pasta { $dir } deste servidor: { NUMBER($sets) } conjuntos, { $size }. Livres nela: { $free } de { $total }.
    }
page-room =
    { $nights ->
        [0] Não cabe mais nenhuma noite como a última.
        [one] Cabe mais uma noite como a última.
       *[other] Cabem mais cerca de { NUMBER($nights) } noites como a última.
    }
page-nowhere-else = Não há cópia em outro lugar: de vez em quando, leve uma para fora do prédio.
page-as-of = Situação em { $at } ({ $zone }).
page-unanswered = O resguardo não responde mais.

## Rights, with the line that mends them

hint-no-right-line = O programa é executado como { $user } e não pode escrever em { $path }. Como root: `{ $line }`.
hint-no-right-on-host = O programa é executado como { $user } no contêiner dele e não pode escrever em { $path }. No host, onde está o arquivo compose: `sudo { $line }` (o que está montado em { $mount }).
hint-may-not-read-own = O programa é executado como { $user } e não pode ler { $path }. Como root: `{ $line }`.
hint-may-not-read-own-on-host = O programa é executado como { $user } no contêiner dele e não pode ler { $path }. No host, onde está o arquivo compose: `sudo { $line }` (o que está montado em { $mount }).
hint-may-not-read-line = O programa é executado como { $user } e não pode ler { $path }. Como root: `{ $line }`; o que o aplicativo escrever depois com permissão só para o próprio dono exige que o programa seja executado como esse dono, ou como root.
hint-may-not-read-group = O programa é executado como { $user } no contêiner dele e não pode ler { $path }, mas outro grupo pode. Em .env.prod, no host: `{ $line }`; depois passe backups e logs para esse usuário e crie o contêiner de novo: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (reiniciá-lo não muda nada).
hint-may-not-read-root = O programa é executado como { $user } no contêiner dele e não pode ler { $path }, e nenhum grupo pode. Em docker-compose.prod.yml, no host, ponha as duas linhas que estão comentadas no serviço backup no lugar do user dele: `user: "0:0"` e `cap_add: [DAC_OVERRIDE, CHOWN, FOWNER, SETUID, SETGID, KILL]`, e crie o contêiner de novo: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (reiniciá-lo não muda nada).

## Memory

hint-killed-at-limit = { $program } foi encerrado porque faltou memória; o limite é { $limit }. Aumente-o: mem_limit do serviço no arquivo compose, MemoryMax em uma unidade do systemd. `resguardo check` diz de quanto precisa a maior linha.
hint-killed-for-memory = { $program } foi encerrado porque faltou memória: dê mais à máquina, ou faça outros programas usarem menos.
forecast-wide-row = um dump pode ser encerrado por falta de memória: a maior linha, em { $table }, tem { $row }; o pg_dump precisa de cerca de quatro vezes isso, e o limite para tudo é { $limit }; aumente-o para { $enough } (mem_limit no arquivo compose, MemoryMax em uma unidade do systemd)
forecast-wide-row-unknown = não se sabe se um dump tem memória suficiente, com o limite de { $limit }: nem todas as linhas grandes puderam ser examinadas em { $seconds } s, e o pg_dump precisa de cerca de quatro vezes a maior
remark-left-empty = Visões materializadas que o simulado deixou vazias, porque este banco de dados pode consultar outros servidores: { NUMBER($count) }. Não foram comprovadas.

## E-mail completo
mail-fact-place = Local
mail-fact-source = Fonte
mail-fact-at = Hora
mail-log = As últimas linhas do log:
mail-tone-good = Resolvido
mail-tone-note = Para seu conhecimento
mail-tone-warning = Precisa da sua atenção
mail-tone-critical = Precisa de você agora
mail-tone-test = Um teste
warning-untold = Não foi possível avisar “{ $subject }” por { $channel }; será tentado de novo: { $error }.
warning-withheld = “{ $subject }” espera até amanhã: { $channel } já avisou tudo o que pode por hoje (max_per_day).
warning-given-up = “{ $subject }” nunca foi avisado por { $channel }: esperou demais, ou havia coisas demais esperando.
reason-untold = Não é possível avisar ninguém por { $channel } desde { $since }: { $error }.
reason-untold-hinted = Não é possível avisar ninguém por { $channel } desde { $since }: { $error }. { $hint }
## When to speak

tell-failed-run = o backup FALHOU antes de começar com qualquer fonte{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] último bom: há { $age_seconds }
    })
tell-still-failed = o backup CONTINUA FALHANDO, { $nights ->
        [one] uma noite
       *[other] { NUMBER($nights) } noites seguidas
    }: { $source }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    } ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] { $stale ->
            [yes] o último bom é ANTIGO DEMAIS: { $age_seconds }
           *[no] último bom: há { $age_seconds }
        }
    })
tell-nights =
    { $nights ->
        [one] Já é uma noite com falha.
       *[other] Já são { NUMBER($nights) } noites seguidas com falha.
    }
tell-cause-changed = Agora a causa é outra. No último aviso era: { $before }
tell-missed-one = Ninguém tentou fazer o backup de { $sources } na hora marcada: { $from }.
tell-missed-all = Ninguém tentou fazer o backup de { $sources } na hora marcada: a primeira vez, { $from }; a última, { $until }.
tell-missed-made-up = Já foi recuperado.
tell-missed-running = Está sendo recuperado agora.
tell-missed-next = O próximo backup está marcado para { $at }.
tell-missed-why = A máquina esteve desligada, ou o serviço parado? Veja se os dois voltam a subir sozinhos.
tell-disk-full =
    { $days ->
        [0] o disco dos backups fica CHEIO com o próximo
        [one] o disco dos backups fica CHEIO em um dia
       *[other] o disco dos backups fica cheio em { NUMBER($days) } dias
    }
tell-drill-no = um simulado de restauração FALHOU: o que voltou não é o que foi guardado
tell-drill-not-held = não foi possível fazer um simulado de restauração
tell-drill-overdue = tempo demais sem um simulado de restauração
tell-unusual-bytes = { $source }: o último backup não é como os outros: { $now_bytes } em vez de cerca de { $usual_bytes }
tell-unusual-rows = { $source }: o último backup não é como os outros: { NUMBER($now_rows) } linhas em vez de cerca de { NUMBER($usual_rows) }
tell-unusual-why = Ele conta como bom. Se você sabe por que mudou tanto, não há nada a fazer; isto é dito uma única vez.
tell-proof-well =
    { $sets ->
        [one] tudo está bem: um conjunto está guardado
       *[other] tudo está bem: { NUMBER($sets) } conjuntos estão guardados
    }
tell-proof-open =
    { $open ->
        [one] relatório: uma coisa NÃO está bem
       *[other] relatório: { NUMBER($open) } coisas NÃO estão bem
    }
reason-disk-filling =
    { $days ->
        [0] No disco do repositório não há espaço para o próximo backup. Libere espaço, guarde menos conjuntos ou mova o repositório para um disco maior.
        [one] O disco do repositório fica cheio em um dia se tudo continuar assim. Libere espaço, guarde menos conjuntos ou mova o repositório para um disco maior.
       *[other] O disco do repositório fica cheio em { NUMBER($days) } dias se tudo continuar assim. Libere espaço, guarde menos conjuntos ou mova o repositório para um disco maior.
    }
## Webhooks e heartbeat

fault-http-address = esperava-se um endereço que comece com https:// ou http:// e indique um servidor
fault-hook-twice = esperava-se um nome que nenhum outro webhook tenha, nem com outras maiúsculas; { $name } já é usado por { $other }
fault-template = esperava-se um destes: { $words }; ou o caminho de um arquivo; e veio { $found }
fault-template-near = esperava-se um destes: { $words }; ou o caminho de um arquivo; e veio { $found }; você quis dizer { $near }?
fault-template-place = esperava-se um destes entre as chaves de { $path }: { $known }; e veio { $found }
fault-template-place-near = esperava-se um nome conhecido entre as chaves de { $path }, e veio { $found }; você quis dizer { $near }?
fault-template-limit = esperava-se um número inteiro de caracteres depois dos dois-pontos, como em text:1500, em { $path }; e veio { $found }
fault-template-open = esperavam-se duas chaves de fechamento depois das duas que se abrem na linha { $line } de { $path }
fault-template-json = esperava-se que { $path } fosse JSON depois de preenchido, com cada nome entre aspas exceto priority: { $error }; um arquivo de texto simples termina em .txt
fault-chat-of-nobody = não se esperava nenhum chat: só o modelo telegram pede um
hint-http-address-file = Torne legível, para o usuário com que o resguardo é executado, o arquivo que guarda o endereço ou o token, e veja se ele contém um.
hint-http-certificate = O certificado desse servidor não é confiável para este nome: adicione a autoridade dele aos certificados do sistema, ou escreva o servidor como o certificado o escreve.
hint-http-forbidden = O token, ou o endereço que o contém, não é aceito lá: crie um novo e informe-o ao resguardo.
hint-http-gone = Nada mais responde nesse endereço: veja se ele está inteiro, ou crie um novo.
hint-http-not-taken = O que foi enviado não é o que se recebe lá: veja se o modelo é o certo, e o chat onde houver um.
hint-http-redirected = Informe ao resguardo o endereço para onde ele leva: um endereço secreto não é passado adiante.
hint-http-unreachable = Veja se o endereço traz o servidor e a porta certos, e se este computador consegue chegar até ele.
check-heartbeat = { $host } fica sabendo de cada backup (`--mail` deixa uma linha lá)
check-heartbeat-sent = { $host } aceitou uma linha para o log dele: { $answer }
check-heartbeat-text = Esta é a linha que `resguardo check --mail` deixa.
## Spans of time

span-days =
    { $count ->
        [1] 1 dia
       *[other] { NUMBER($count) } dias
    }

## The page: what to do, and what is ahead

page-store-growth = Crescimento: { $by }.
page-full-in =
    { $days ->
        [0] Não há espaço no disco para o próximo backup.
        [1] Neste ritmo, o disco fica cheio em um dia.
       *[other] Neste ritmo, o disco fica cheio em { NUMBER($days) } dias.
    }
page-full-far = Neste ritmo, há espaço para mais de { NUMBER($days) } dias.
page-do-again = Uma nova tentativa será feita automaticamente; para tentar já: `resguardo backup --source { $source }`.
page-do-log = O final de logs/backup.log diz por quê.
page-do-verify = `resguardo verify --all` lê tudo de novo.
page-do-backup = Veja no final de logs/backup.log por que nenhum foi feito, e faça um agora: `resguardo backup`.
page-do-room = Libere espaço nesse disco, ou mantenha menos conjuntos: `resguardo prune --explain` diz o que é mantido e por quê.
page-do-check = `resguardo check` examina o repositório e dá a linha que corrige o problema.
page-lost = Se algo se perder
page-lost-list = `resguardo list` mostra a que ponto é possível voltar.
page-lost-restore = `resguardo restore --latest` traz de volta a cópia boa mais recente de tudo. Antes ele pergunta, e guarda o que está lá agora.
page-lost-alone = O RESTORE.md, na pasta das cópias, explica como fazer isso sem o resguardo.
page-lost-compose = Com contêineres, isso é digitado no servidor, na pasta do arquivo do compose: `scripts/restore.sh --list`, `scripts/restore.sh --latest`.
page-months = jan fev mar abr mai jun jul ago set out nov dez
page-weekdays = seg ter qua qui sex sáb dom
page-proof-took = { $ago }, em { $time }
## The truth about the store and time

hint-no-folder-for-log = Em { $path } existe algo que não é uma pasta. Mova-o para outro lugar, ou indique outra pasta em store.log_dir.
hint-disk-full-for-log = O volume de { $path } está cheio. Libere espaço nele, ou indique um maior em store.log_dir.
hint-no-file = Em { $path } existe uma pasta, onde o programa guarda um arquivo. Mova-a para outro lugar.
hint-owners-denied = O programa é executado como root sem o direito de mudar o dono dos arquivos: acrescente CHOWN ao cap_add do serviço no arquivo compose (`cap_add: [DAC_OVERRIDE, CHOWN, FOWNER]`), ou restaure com --no-owner, e tudo pertencerá ao root.
forecast-owners-denied = uma restauração feita por este root seria recusada, porque { $first } pertence a { $owner } e lhe foi negado o direito de mudar o dono dos arquivos: restaure com CHOWN no cap_add do serviço, ou com --no-owner, e tudo pertencerá ao root
reason-store-gone = O repositório que estava em { $dir } não está mais lá, nem os seus backups. O disco está montado, a pasta foi movida? Traga-o de volta; os novos backups são feitos no que está lá agora.
reason-store-other = Em { $dir } está outro repositório, e não o que estava lá antes. O disco certo está montado? Os novos backups são feitos no que está lá agora.
hint-store-forget = Se foi de propósito: `{ $line }`, e o repositório anterior é esquecido.
hint-store-forget-on-host = Se foi de propósito, no host, onde está o arquivo compose: `sudo { $line }` (o que está montado em { $mount }), e o repositório anterior é esquecido.
reason-never-gone = De { $source } não há nenhum backup completo no que está onde o repositório estava.
reason-store-unreadable = Arquivos do repositório que não podem ser lidos e que por isso não poderiam ser restaurados: { NUMBER($count) }, o primeiro deles { $path }.
reason-dated-ahead = O conjunto mais recente, { $id }, tem data adiantada em relação ao relógio, e enquanto isso nada expira. Se o relógio está errado, acerte-o. Se estava errado quando esse conjunto foi feito, diga isso com `resguardo accept { $id }`: o que tem data adiantada não conta para nada até que a data chegue, e todo o resto expira como sempre.
kept-dated-ahead = com data adiantada em relação ao relógio: é mantido até que a data chegue
list-dated-ahead = com data adiantada
accept-dated-ahead = { $id } tem data adiantada em relação ao relógio. Depois de aceito, acredita-se no relógio e não nessa data: o que tem data adiantada é mantido e não conta para nada até que a data chegue, e os conjuntos mais antigos voltam a expirar.
check-store-unmade = será criado pelo primeiro backup; { $free } livres
hint-not-shared-line = O programa é executado como { $user } e não pode usar { $path }, de que o SQLite precisa ao lado do banco de dados. Como root: `{ $line }`.
hint-not-shared-on-host = O programa é executado como { $user } no contêiner dele e não pode usar { $path }, de que o SQLite precisa ao lado do banco de dados. Em .env.prod, no host: `{ $line }`, o usuário do aplicativo; depois passe backups e logs para esse usuário e crie o contêiner de novo: `docker compose --env-file .env.prod -f docker-compose.prod.yml up -d backup` (reiniciá-lo não muda nada).
## O que um simulado disse contra um conjunto
restore-refuted-passed-over = O backup mais recente de { $source }, { $id }, é deixado de lado: o simulado de { $at } disse que não: { $error }.
restore-refuted-alone = O simulado de { $at } disse que não a este backup de { $source }, { $id }: { $error }. Não há nenhum outro bom.
restore-refuted-named = O simulado de { $at } disse que não a este backup de { $source }, { $id }: { $error }. É restaurado porque você o indicou.
list-unasked = mas uma pergunta não pôde ser feita
list-media-missing = mas faltam arquivos
hint-drill-nothing-good = `resguardo list --source { $source }` mostra o que há guardado dela, `resguardo health` por que nada disso está bom.
drill-page-source-nothing-good = { $source }: nada de bom a comprovar
drill-page-not-all = Veredito: NEM TUDO COMPROVADO{ $warned }. De { NUMBER($missing) } de { NUMBER($count) } fontes não há nada de bom guardado; as demais foram restauradas e encontradas como foram guardadas.
check-media-check = Nenhum simulado conseguiria procurar os arquivos que esta coluna de { $source } nomeia, a julgar pela produção de agora: corrija `column` desse drill.media_check na configuração.
drill-page-not-compared = Não se compara, do PostgreSQL: como está definido o que tem o mesmo nome (o tipo de uma coluna, o texto de uma view), nem o que as roles podem fazer

## O repositório e seu disco, avisados

tell-store-gone = o REPOSITÓRIO SUMIU: o que está no lugar dele não é o repositório que estava ali
tell-store-unreadable = no repositório há arquivos que não podem ser lidos e que por isso não poderiam ser restaurados
tell-disk-low = o disco dos backups está quase CHEIO: o próximo backup pode não caber

## O que fez aceitar um conjunto com data futura

cli-accepted-ahead = { $id } não segura mais nada: acredita-se no relógio e não na data dele. Ele é mantido e não conta para nada até que essa data chegue; os conjuntos mais antigos voltam a expirar.
cli-accepted-both = { $id } não é mais suspeito e não segura nada: acredita-se no relógio e não na data dele. Ele é mantido, não conta para nada até que essa data chegue e daí em diante conta como bom; os conjuntos mais antigos voltam a expirar.

## Que repositório é este, quando não se pode ler

reason-store-word = Não é possível saber qual repositório estava em { $dir }: { $path }, que guarda a memória dele, está lá e não pode ser lido. O disco certo está montado? Ele não é sobrescrito; os novos backups são feitos no que está lá agora.
reason-store-mark = Não é possível saber se em { $dir } está o repositório que estava lá antes: a marca dele, { $path }, está lá e não pode ser lida. O disco certo está montado? Os novos backups são feitos no que está lá agora.
hint-store-mark-anew = O próximo backup o marca de novo; se não for o repositório certo, monte o certo antes.
hint-store-later = Uma versão mais nova do resguardo escreveu isso: use essa.
## Webhooks, lidos mais de perto

fault-http-topic = esperava-se o endereço de um tópico, como https://ntfy.sh/<tópico>; depois do servidor não há nenhum
fault-token = esperava-se um token de uma só linha; o que veio não é mostrado

## Um heartbeat que ninguém ouve

reason-unheard = Desde { $since } o heartbeat não é ouvido, e quem espera por ele pode achar que nenhum backup é feito: { $error }. `resguardo check --mail` o testa na hora.
reason-unheard-hinted = Desde { $since } o heartbeat não é ouvido, e quem espera por ele pode achar que nenhum backup é feito: { $error }. { $hint } `resguardo check --mail` o testa na hora.

## A ajuda como comando

help-of-command = Mostra a ajuda, ou a de um comando
help-of-which = O comando
## Muitos em um só aviso

tell-together = { $kind ->
        [suspect] backup SUSPEITO, muito menos que antes
        [empty] backup NÃO FEITO, o banco de dados está vazio
        [braked] backups PARADOS, o programa cai a cada tentativa
        [stale] backup ANTIGO DEMAIS
        [failed] o backup FALHOU
        [partial] algo não pôde ser lido
        [skipped] o backup não foi feito, porque outra execução ainda não tinha terminado
        [unusual] o último backup não é como os outros
       *[over] está tudo bem de novo
    }: { $count ->
        [one] uma fonte
       *[other] { NUMBER($count) } fontes
    }{ $cause ->
        [unknown] {""}
       *[other] : { $cause }
    }{ $age_seconds ->
        [none] {""}
        [never] {" "}(alguma ainda não tem nenhum bom)
       *[other] {" "}(o último bom mais antigo: há { $age_seconds })
    }
tell-together-more =
    { $count ->
        [one] Há mais uma linha; `resguardo health` diz tudo.
       *[other] Há mais { NUMBER($count) } linhas; `resguardo health` diz tudo.
    }
## The figures of a letter

mail-tone-well = Tudo está bem
figures-source = { $source }
figures-disk = O repositório e seu disco
figure-at = { $at }
figure-bytes = { $some_bytes }
figure-kept = Cópias guardadas
figure-kept-since =
    { $count ->
        [one] uma, feita em { $from }
       *[other] { NUMBER($count) }; a mais antiga, de { $from }
    }
figure-none = NENHUMA está completa
figure-set = { $at } (conjunto { $id })
figure-grows = { $week_bytes } a mais por semana
figure-shrinks = { $week_bytes } a menos por semana
figure-growth-unknown = será conhecido depois de sete noites
figure-drill = Último simulado
figure-drill-good = { $at }: voltou inteira{ $rto_seconds ->
        [unknown] {""}
       *[other] {" "}em { $rto_seconds }
    }
figure-drill-bad = { $at }: NÃO voltou como foi guardada
figure-drill-none = nenhum ainda; só o `resguardo drill` mostra se dá para restaurar
figure-where = No repositório deste servidor, e em nenhum outro lugar
figure-stored = Espaço ocupado
figure-free = Livre no disco
figure-growth = Crescimento
figure-full = O disco enche
figure-full-in =
    { $days ->
        [0] com o próximo backup, neste ritmo
        [one] em um dia, neste ritmo
       *[other] em { NUMBER($days) } dias, neste ritmo
    }
figure-full-far = não nos próximos { NUMBER($days) } dias
## A página, num relance

page-ago-ahead = com data futura
page-grows-not = quase não cresce
page-night-unknown = sem dados
page-out-of-reach-why = Não se sabe se estão inteiras enquanto não for possível acessar a pasta delas. O disco está montado?
page-more-reasons = E mais { NUMBER($count) }: `resguardo health` mostra todas.
page-unanswered-what = Não se sabe como estão seus dados agora; abaixo está o que ele disse por último. O servidor está ligado, e o resguardo em execução nele?
page-do-tell = `resguardo check --mail` faz o teste e mostra o que o outro lado responde.
page-room-ample = Há espaço para mais de mil noites como a última.
page-drills-none = Nenhum ainda: `resguardo drill` restaura as cópias mais recentes num lugar à parte e as compara com o que foi guardado.
page-kind-postgres = banco de dados PostgreSQL
page-kind-sqlite = banco de dados SQLite
page-kind-media = pasta
page-kind-files = arquivos

## What a drill looked at, and what it found

drill-what-load = carga
drill-what-rows = linhas
drill-what-large-objects = objetos grandes
drill-what-sequences = sequências
drill-what-schema = esquema
drill-what-constraints = restrições
drill-what-indexes = índices
drill-what-integrity = integridade
drill-what-tree = árvore
drill-what-checks = perguntas
drill-what-media = arquivos enviados
proof-not-stated = o manifesto não diz nada sobre isto
proof-not-loaded = não foi carregado
proof-loaded = carregado até o fim sem nenhum erro
proof-rows = tabelas: { NUMBER($tables) }; linhas: { NUMBER($rows) }
proof-rows-by-number = tabelas: { NUMBER($tables) }; linhas: { NUMBER($rows) }; só a quantidade foi comparada
proof-rows-unread = não dá para ler as linhas
proof-large-objects = objetos grandes: { NUMBER($count) }
proof-sequences = sequências: { NUMBER($count) }
proof-schema = objetos: { NUMBER($objects) }; tipos de objeto: { NUMBER($kinds) }
proof-constraints = índices: { NUMBER($indexes) }; restrições: { NUMBER($constraints) }
proof-indexes = árvores B conferidas com o amcheck: { NUMBER($count) }
proof-no-amcheck = a extensão amcheck não está nesta máquina
proof-amcheck-refused = não foi possível criar o amcheck: { $error }
proof-sqlite-whole = um arquivo SQLite inteiro
proof-integrity = PRAGMA integrity_check não encontra nada de errado
proof-unseen = tabelas que dependem de algo que só a aplicação tem: { NUMBER($unseen) } de { NUMBER($tables) }: { $names }
proof-archive = arquivos: { NUMBER($files) }; pastas: { NUMBER($folders) }; links: { NUMBER($links) }; { $content_bytes }
proof-tree = arquivos: { NUMBER($files) }; pastas: { NUMBER($folders) }; links: { NUMBER($links) }; { $content_bytes }; tudo foi lido de novo do disco
proof-tree-unowned = arquivos: { NUMBER($files) }; pastas: { NUMBER($folders) }; links: { NUMBER($links) }; { $content_bytes }; tudo foi lido de novo do disco; em { NUMBER($unowned) } o dono é o que diz o pacote, pois só o root pode defini-lo
proof-not-asked = não havia a quem perguntar
proof-question-not-asked = não foi perguntado
proof-answers = respostas como esperado: { NUMBER($count) } de { NUMBER($count) }
proof-answers-otherwise = respostas diferentes do esperado: { NUMBER($count) } de { NUMBER($all) }: { $error }
proof-unasked = perguntas que não puderam ser feitas: { NUMBER($count) } de { NUMBER($all) }: { $error }
proof-no-column = não está escrito como table.column
proof-media = { $column }: de { NUMBER($named) } arquivos citados, { NUMBER($missing) } faltam em { $media }
proof-media-such = { $column }: de { NUMBER($named) } arquivos citados, { NUMBER($missing) } faltam em { $media }, como { $examples }
proof-media-uncompared = { $column }: não foi comparado com os arquivos de { $media }
proof-media-undrilled = nada de { $media } passou pelo simulado
proof-media-older = { $media }, do conjunto { $set }, é mais antigo que estas linhas, do conjunto { $other }
proof-media-not-back = { $media }, do conjunto { $set }, não voltou como foi guardado

## O que não pode ser guardado, o que foi recuperado e o que pede atenção, avisado

tell-store-refused = NADA PODE SER GUARDADO: { $cause }
tell-store-trouble = há algo ERRADO com o repositório: talvez nem tudo o que está nele possa ser visto
tell-partial-stale = { $source }: algo não pôde ser lido ({ $age_seconds ->
        [never] ainda não há nenhum bom
       *[other] o último bom é ANTIGO DEMAIS: { $age_seconds }
    })
tell-missed-over = os backups que não aconteceram já foram recuperados
tell-over-run = { $kind ->
        [store] o repositório está bem de novo
        [disk_full] o disco dos backups tem espaço de novo
        [verify] o que está guardado está bom de novo
        [drill] um simulado de restauração voltou a terminar bem
        [attention] o que pedia atenção já está resolvido
       *[other] está tudo bem de novo
    }
tell-attention = { $kind ->
        [prune_failed] backups antigos não puderam ser apagados, e o disco vai enchendo
        [verify_overdue] faz tempo demais que ninguém confere se o que está guardado ainda pode ser lido
        [damaged] há backups DANIFICADOS no repositório
        [clock_behind] o relógio e o backup mais recente não batem, e nada expira
        [unheard] o sinal de vida NÃO CHEGA ao seu endereço
        [unconfigured] há backups sendo guardados de algo que não está configurado aqui
        [log] o log NÃO PODE SER ESCRITO
        [old_copies] o que uma restauração substituiu ainda está guardado
       *[restore_unsettled] uma restauração ficou pela metade
    }{ $more ->
        [0] {""}
        [one] {" "}(e mais uma coisa pede atenção)
       *[other] {" "}(e mais { NUMBER($more) } coisas pedem atenção)
    }

## A própria máquina

cli-restore-type-again = Não é isso; nada foi alterado. Para consentir, digite: { $name }
notice-database-passed-over = { $name } aponta para { $address }, de que NÃO se faz backup: ela só é lida quando a configuração não descreve nenhum banco de dados, e esta descreve outros. Acrescente-o à configuração ou tire { $name }.
help-discard = Remove um conjunto danificado, depois de perguntar; nunca o último bom de alguma coisa
discard-missing = { $path } não está lá, ou não tem o tamanho que tinha.
discard-bad = { $path } não é o que foi escrito.
discard-whole = { $path } vai junto; há um backup bom de { $source } no conjunto { $other }.
discard-means = Tudo o que sobrou de { $id } é removido. Não há volta.
discard-unlisted = Nada é removido: há algo no repositório que não pode ser lido, e o que não pode ser lido parece danificado. `resguardo check` diz como resolver.
discard-not-damaged = Nada é removido: { $id } não está danificado. `resguardo prune --explain` diz por que ele fica.
discard-unreadable = Nada é removido: o manifesto de { $id } não pode ser lido, então não se sabe o que ele contém. Recupere sets/{ $id }.json de uma cópia do repositório, ou use a versão do resguardo que o escreveu. Se não precisar de nada dele, vá a { $dir } e remova-o você mesmo: rm */*_{ $id }.* sets/{ $id }.*
discard-pinned = Nada é removido: { $id } está fixado. Se ninguém precisar dele: `resguardo unpin { $id }`
discard-depended-on = Nada é removido: { $other } não pode ser restaurado sem { $id }.
discard-last = Nada é removido: não há outro backup bom de { $source } além do que possa restar em { $id }. Faça um primeiro, `resguardo backup`; ele conta se estiver inteiro e não for suspeito.
cli-discarded = { $id } foi removido.
## Who is told, and how much of it

mail-last-but-for-alarms = Esta é a última mensagem de hoje, salvo alarmes: o limite por dia (`max_per_day`) foi atingido. O resto fica no log e chega amanhã.
reason-untold-some = Desde { $since }, { $channel } não chega a { $addressees }, embora chegue a outros: { $error }.
reason-untold-some-hinted = Desde { $since }, { $channel } não chega a { $addressees }, embora chegue a outros: { $error }. { $hint }
reason-withheld = { $count ->
        [one] Uma mensagem espera
       *[other] { NUMBER($count) } mensagens esperam
    } até { $until }: { $channel } já avisou tudo o que pode num dia (max_per_day). O log mostra quais são.
hint-mail-no-login = O servidor de e-mail quer saber quem escreve: defina mail.user e a senha dele (EMAIL_HOST_USER, EMAIL_HOST_PASSWORD).
## O que fazer, em um aviso

tell-skipped-why = Uma nova tentativa é feita automaticamente. Se este aviso se repetir, veja em logs/backup.log o que demora tanto, ou programe o backup para outro horário.
## What went wrong, part by part: as errors say it, which stay English in logs

cli-failed-source = { $source }: falhou: { $error }.
cli-verified-not = { $source }: NÃO está bom: { $error }
cause-system-denied = permissão negada
cause-system-not-permitted = operação não permitida
cause-system-missing = não existe esse arquivo ou pasta
cause-system-full = não há mais espaço no disco
cause-system-quota = a cota do disco se esgotou
cause-system-read-only = o disco está montado somente para leitura
cause-system-input-output = o disco responde com um erro
cause-system-exists = já existe
cause-system-no-folder = não é uma pasta
cause-system-folder = é uma pasta
cause-system-too-large = o arquivo é grande demais
cause-system-files-open = há arquivos abertos demais
cause-system-memory = não há memória suficiente
cause-system-busy = está em uso
cause-system-connection-refused = conexão recusada
cause-system-connection-reset = o outro lado cortou a conexão
cause-system-connection-late = ninguém respondeu a tempo
cause-system-no-route = não há caminho até essa máquina
cause-system-no-network = não há rede
cause-system-stale = a pasta de rede já não é a mesma
cause-system-pipe = o outro programa terminou antes
cause-server-password = senha incorreta do usuário "{ $user }"
cause-server-no-database = não existe o banco de dados "{ $database }"
cause-server-no-role = não existe a role "{ $role }"
cause-server-starting = o servidor está iniciando
cause-server-ending = o servidor está desligando
cause-server-too-many = o servidor não aceita mais conexões
cause-server-connecting = não foi possível conectar ao servidor
cause-server-silent = o servidor não responde
cause-server-asks-password = o servidor pede uma senha e nenhuma está configurada
cause-server-standby = o servidor é uma réplica, em que não se pode gravar
cause-server-room = não se consegue ver quanto espaço há no servidor
cause-server-full = o disco dos dados do servidor está enchendo
cause-server-beside = o banco de dados não cabe ao lado do anterior
cause-server-no-schema = não existe o esquema { $schema }
cause-server-no-extension = a extensão { $extension } não está no servidor
cause-server-no-extension-here = a extensão { $extension } não está nesta máquina
cause-server-no-locale = o servidor não tem a localidade { $locale }
cause-server-table-stands = ali já existe uma tabela { $table }
cause-server-database-stands = ali já existe um banco de dados { $database }
cause-server-no-table = não existe essa tabela
cause-server-not-in-backup = o backup não a contém
cause-server-may-not-create = { $user } não pode criar um banco de dados
cause-server-may-not-act = { $user } não pode agir pelo dono { $owner }
cause-server-session = a sessão { $pid } de { $who } mantém um bloqueio e não termina
cause-server-older-dump = o pg_dump { $version } é mais antigo que o servidor, que é { $server }
cause-server-no-lock = as tabelas mudaram depois de vistas
cause-stop-signal = foi pedido que terminasse, por um sinal
cause-stop-deadline = o tempo permitido acabou
cause-stop-yielded = deu lugar a uma restauração
cause-no-consent = o consentimento não foi dado
cause-nobody = não há ninguém a quem perguntar
cause-meanwhile = nesse meio-tempo foi feita outra restauração
cause-nothing-kept = nenhuma restauração guarda uma cópia anterior
cause-nothing-kept-of = nada se conserva do que foi substituído
cause-undo = desfazer
cause-undo-of = desfazer a restauração de { $source }
cause-old-gone = a cópia anterior não está lá
cause-held = outra execução usa o repositório
cause-held-verify = já há outra verificação em andamento
cause-held-drill = já há outro simulado em andamento
cause-held-drill-in = já há outro simulado em { $dir }
cause-served = outra execução já fez este turno
cause-find-set = procurar o conjunto { $id }
cause-no-such-set = não existe esse conjunto
cause-find-verify = procurar um conjunto a verificar
cause-find-drill = procurar um conjunto para o simulado
cause-none = não há nenhum
cause-no-whole = nenhum contém algo das fontes configuradas que esteja completo e não seja suspeito
cause-find-configured = procurar uma fonte configurada no repositório
cause-find-several = procurar a fonte de { $from }
cause-find-source = procurar { $source } no repositório
cause-find-source-in = procurar { $source } no conjunto { $id }
cause-no-good = não há nenhum arquivo guardado que esteja bom
cause-find-file = procurar { $path }
cause-no-such-file = não existe esse arquivo
cause-find-the-file = procurar o arquivo
cause-several = há várias possíveis
cause-holds = contém { $names }
cause-no-kind = nenhuma fonte do seu tipo está configurada
cause-no-such-kind = não há tal { $kind } na configuração
cause-of-kind = { $source } é do tipo { $kind }
cause-manifest = ler o manifesto do conjunto { $id }
cause-the-manifest = o manifesto do conjunto { $id }
cause-damaged-or-missing = está danificado ou falta
cause-removed = está sendo removido
cause-read-by = alguém o está lendo
cause-hold = reter o conjunto { $id }
cause-twice = foram dados dois arquivos para ela
cause-to-db = --to-db NAME vai com um único banco de dados do PostgreSQL
cause-to-dir = --to-dir DIR vai com pastas, arquivos e bancos de dados SQLite
cause-table-alone = --table T vai com um único banco de dados do PostgreSQL, no seu próprio lugar
cause-replace-alone = --replace vai com --table T
cause-only-alone = --only GLOB vai só com pastas e arquivos
cause-not-whole-file = falta, ou tem outro tamanho que o dito no seu manifesto
cause-not-complete = não está completo: algo não pôde ser lido quando foi feito
cause-other-bytes = seus bytes não são os que foram guardados
cause-cut-short = a sua restauração { $run } ficou pela metade
cause-within = está dentro de { $path }, { $whose }
cause-empty-folder = a pasta está vazia, e o conjunto completo mais recente tem arquivos
cause-room-backup = há { $free } livres e este backup pode precisar de { $needed }
cause-room-drill = há { $free } livres em { $dir } e este simulado pode precisar de { $needed }
cause-room-at = ver o espaço em { $path }
cause-room-needed = são necessários { $needed } e há { $free } livres
cause-room-unsaid = o sistema não diz
cause-drill-disk = o disco do simulado está enchendo
cause-scratch = criar a pasta de trabalho
cause-scratch-as = criar a pasta de trabalho como usuário { $user }
cause-scratch-clear = remover o que um simulado anterior deixou em { $dir }
cause-restore-into = restaurar em { $dir }
cause-in-memory = fica na memória, não num disco
cause-restore = restaurar { $what }
cause-replace = substituir { $what }
cause-verify = verificar { $path }
cause-compare = comparar
cause-exchange = trocar
cause-exchange-data = trocar os dados
cause-load = carregar
cause-dump = fazer o dump de { $source }
cause-connect = conectar a { $place }
cause-run = executar { $program }
cause-open = abrir { $path }
cause-open-folder = abrir a pasta { $path }
cause-read-copy = ler a cópia
cause-read-archive = ler o pacote
cause-read-set = ler o conjunto { $id }
cause-read = ler { $path }
cause-write = gravar { $path }
cause-write-found = anotar o que foi encontrado
cause-write-record = gravar o histórico
cause-write-journal = gravar o diário da restauração
cause-try-store = testar o repositório
cause-look-into = olhar no repositório
cause-look = olhar { $path }
cause-list-store = listar o repositório
cause-lock-store = bloquear o repositório
cause-publish = publicar o conjunto { $id }
cause-remove-set = remover o conjunto { $id }
cause-unpack = desempacotar o pacote
cause-safety = fazer o backup prévio
cause-not-empty = não está vazio
cause-something-there = ali já existe algo
cause-not-there = { $path } não está lá
cause-no-folder = não é uma pasta
cause-no-file = não é um arquivo
cause-no-regular-file = não é um arquivo comum
cause-missing = está faltando
cause-unread = não pode ser lido até o fim
cause-digest = a sua soma não é a do manifesto
cause-owner = `{ $path }` pertence a { $owner }, e só o root pode definir isso
cause-owner-capability = `{ $path }` pertence a { $owner }, e este root não pode definir isso (CAP_CHOWN)
cause-files-bad = arquivos danificados: { $count } de { $all }
cause-files-unseen = arquivos que não puderam ser lidos: { $count } de { $all }
cause-files-bad-unseen = arquivos danificados: { $bad } de { $all }, e sem poder ler: { $unseen } de { $all }
cause-and-more = e mais { $count }
cause-differ-rows = há { $found } linhas e o manifesto diz { $stated }
cause-differ-bytes = há { $found } bytes e o manifesto diz { $stated }
cause-differ-bytes-before = há { $found } bytes antes da compressão e o manifesto diz { $stated }
cause-differ-content = há { $found } bytes de conteúdo e o manifesto diz { $stated }
cause-differ-files = há { $found } arquivos e o manifesto diz { $stated }
cause-differ-folders = há { $found } pastas e o manifesto diz { $stated }
cause-differ-indexes = há { $found } índices e o manifesto diz { $stated }
cause-differ = há { $found } e o manifesto diz { $stated }
cause-other-rows = outras linhas que as ditas no manifesto
cause-other-columns = outras colunas que as ditas no manifesto
cause-other = { $kind }: outros que os ditos no manifesto
cause-lacks = falta
cause-not-stated = não está no manifesto
cause-more = e mais { $count } diferenças
cause-table = tabela { $table }
cause-sequence = sequência { $sequence }
cause-large-objects = objetos grandes (large objects)
cause-archive = o pacote
cause-tree = a soma da sua árvore não é a do manifesto
cause-other-kind = contém outro tipo de coisa que o dito no manifesto
cause-server-refused = conexão recusada
cause-server-ended = o servidor de banco de dados encerrou a conexão: está desligando ou alguém a encerrou
cause-server-closed = o servidor cortou a conexão
cause-server-table = não há permissão para ler a tabela { $table }
cause-no-tool = o programa { $program } não está aqui
cause-nothing-stored = não há nada bom guardado dela
cause-nothing-to-prove = não há nada a provar
cause-room-unpack = contém mais do que cabe
cause-do-drill = não foi possível fazer o simulado
cause-do-list = ao listar { $path }
cause-drill-nothing = { $count } de { $all } fontes não têm nada bom a comprovar
cause-start = iniciar { $program }
cause-none-here = aqui não há nenhum
cause-wait = esperar { $program }
cause-find-pg-dump = procurar o pg_dump
cause-none-on-machine = nesta máquina não há nenhum
cause-no-sessions = o banco de dados { $database } não aceita conexões
cause-no-database = não é um banco de dados
cause-no-database-name = nenhum banco de dados pode ter esse nome
cause-owner-missing = o papel { $role }, dono do banco de dados, não existe
cause-no-extension-right = { $user } não pode criar a extensão { $extension }
cause-session-stays = a sessão { $pid } de { $who } não termina
cause-properties = dar as propriedades ao novo banco de dados
cause-may-not-fill = { $user } não pode preencher { $table }, uma tabela de uma extensão
cause-rows-lost = nem todas as linhas enviadas chegaram
cause-psql-ended = o psql terminou antes da hora
cause-commit-unsaid = o servidor não confirmou que foi feito
cause-other-server = o dump é de um servidor { $dumped }, e este é { $server }
cause-several-schemas = vários esquemas têm uma
cause-find-table = procurar a tabela { $table }
cause-no-column = não tem a coluna { $column }
cause-lock-tables = bloquear as tabelas
cause-rows-arrived = chegaram { $arrived } linhas, não { $expected }
cause-throw-away-ended = o servidor de teste terminou
cause-another-answers = outro responde no lugar dele
cause-nameless = esta máquina não tem nome para o usuário { $uid }
cause-make-database = criar o banco de dados
cause-end-drill-server = encerrar o servidor de um simulado anterior
cause-empty = está vazio
cause-check-copy = verificar a cópia
cause-recover-set = recuperar o conjunto { $id }
cause-settle = concluir a restauração de { $source }
cause-mark-set = marcar o conjunto { $id }
cause-unpin-set = deixar de fixar o conjunto { $id }
cause-another-now = agora é outro
cause-clear-restores = limpar o que as restaurações deixaram
cause-panicked = { $who } falhou por um erro do próprio programa
