// Which tools take secrets where. A row reads: these tools, when all words of `needs` are among
// theirs, take a secret in these options (or in the word of that place).
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace sourceos::redact {

enum class Takes : std::uint8_t {
  value,     // `-p value`, `-pvalue`, `--password value`, `--password=value`
  apart,     // `-p value`, never joined
  joined,    // `-pvalue`, never apart
  user,      // likewise as value, but `user:value`
  comma,     // `user,value`
  percent,   // `user%value`
  slash,     // `user/value`, perhaps `@db` behind it
  place,     // the word of that place among those that are no options, counted from 1
};

struct CommandRow {
  std::string_view tools;
  std::string_view needs;
  std::string_view options;
  Takes takes = Takes::value;
  std::uint8_t place = 0;
};

inline constexpr std::string_view k_mysql_tools =
    "mysql mysqldump mysqladmin mysqlsh mysqlimport mysqlcheck mysqlshow mysqlbinlog mysqlslap mysqlpump mycli "
    "mariadb mariadb-dump mariadb-admin mariadb-backup mariadb-check mydumper myloader xtrabackup";
inline constexpr std::string_view k_ldap_tools =
    "ldapsearch ldapadd ldapmodify ldapwhoami ldappasswd ldapdelete ldapcompare ldapmodrdn";

inline constexpr auto k_command_rows = std::to_array<CommandRow>({
    {k_mysql_tools, "", "-p", Takes::joined},
    {"sshpass", "", "-p", Takes::value},
    {"mongo mongosh mongodump mongorestore mongoexport mongoimport mongostat mongotop mongofiles", "", "-p"},
    {"redis-cli keydb-cli valkey-cli", "", "-a --pass"},
    {"redis-server valkey-server keydb-server", "", "--requirepass --masterauth"},
    {"redis-cli valkey-cli", "AUTH", "AUTH", Takes::apart},
    {"redis-cli valkey-cli", "requirepass", "requirepass", Takes::apart},
    {"curl curlie", "", "-u --user -U --proxy-user", Takes::user},
    {"curl curlie", "", "--pass --proxy-pass --oauth2-bearer --tlspassword --key-password"},
    {"http https xh xhs httpie", "", "-a --auth", Takes::user},
    {"http https xh xhs httpie", "bearer", "-a --auth", Takes::apart},
    {"wget wget2 aria2c", "", "--password --http-password --ftp-password --proxy-password --http-passwd --ftp-passwd"},
    {"etcdctl", "", "--user", Takes::user},
    {"elasticdump", "", "-u --user", Takes::user},
    {"lftp", "", "-u", Takes::comma},
    {"ncftp ncftpput ncftpget ncftpls", "", "-p"},
    {"smbclient rpcclient smbget smbmap winexe", "", "-U --user", Takes::percent},
    {"smbmap crackmapexec netexec evil-winrm", "", "-p"},
    {k_ldap_tools, "", "-w"},
    {"ldappasswd", "", "-s -a"},
    {"zip zipcloak", "", "-P"},
    {"unzip", "", "-P"},
    {"7z 7za 7zr 7zz", "", "-p", Takes::joined},
    {"rar unrar", "", "-p -hp", Takes::joined},
    {"pdftk", "", "user_pw owner_pw input_pw", Takes::apart},
    {"sqlcmd bcp isql tsql osql", "", "-P"},
    {"isql", "", "", Takes::place, 3},
    {"cqlsh dsbulk nodetool", "", "-p -pw"},
    {"nodetool", "", "-pw"},
    {"influx", "", "-password -p", Takes::apart},
    {"influx", "", "-t --token"},
    {"clickhouse-client clickhouse-local", "", "--password"},
    {"snowsql", "", "-p"},
    {"sqlplus sqlldr exp imp expdp impdp", "", "", Takes::slash, 1},
    {"ipmitool", "", "-P"},
    {"racadm", "", "-p"},
    {"mosquitto_pub mosquitto_sub mosquitto_rr", "", "-P --pw"},
    {"rabbitmqadmin", "", "-p"},
    {"rabbitmqctl", "add_user", "", Takes::place, 3},
    {"rabbitmqctl", "change_password", "", Takes::place, 3},
    {"xfreerdp wfreerdp", "", "/p:", Takes::joined},
    {"rdesktop", "", "-p"},
    {"x11vnc", "", "-passwd -viewpasswd", Takes::apart},
    {"snmpget snmpwalk snmpset snmpbulkwalk snmptrap snmpgetnext snmptable snmpstatus", "", "-A -X"},
    {"snmpget snmpwalk snmpset snmpbulkwalk snmptrap snmpgetnext snmptable snmpstatus", "", "-c"},
    {"keytool jarsigner apksigner", "",
     "-storepass -keypass -deststorepass -srcstorepass -destkeypass -srckeypass -new --ks-pass --key-pass", Takes::apart},
    {"security", "-w", "-w", Takes::apart},
    {"security", "keychain", "-p -P", Takes::apart},
    {"security", "unlock-keychain", "-p", Takes::apart},
    {"security", "create-keychain", "-p", Takes::apart},
    {"security", "import", "-P", Takes::apart},
    {"security", "set-key-partition-list", "-k", Takes::apart},
    {"htpasswd", "-b", "", Takes::place, 3},
    {"htpasswd", "-b -n", "", Takes::place, 2},
    {"radtest", "", "", Takes::place, 2},
    {"wpa_passphrase", "", "", Takes::place, 2},
    {"nmcli", "", "password wifi-sec.psk 802-11-wireless-security.psk 802-1x.password wifi.psk", Takes::apart},
    {"iwctl", "", "--passphrase -P"},
    {"kinit", "", "--password"},
    {"openvpn", "", "--auth-user-pass-pw"},
    {"rclone", "obscure", "obscure", Takes::apart},
    {"cargo", "login", "login", Takes::apart},
    {"gem", "push", "-k --key", Takes::apart},
    {"twine", "", "-p"},
    {"poetry", "publish", "-p"},
    {"poetry", "config", "", Takes::place, 4},
    {"composer", "config", "", Takes::place, 4},
    {"conan", "", "-p"},
    {"nuget dotnet", "push", "-k --api-key -ApiKey"},
    {"nuget", "setApiKey", "setApiKey", Takes::apart},
    {"helm docker podman nerdctl buildah skopeo oras crane regctl argocd finch heroku", "login", "-p --password"},
    {"az", "", "-p --password --admin-password --account-key --sas-token --client-secret"},
    {"hub-tool ibmcloud", "login", "-p"},
    {"hub-tool", "login", "", Takes::place, 3},
    {"vault", "login", "login", Takes::apart},
    {"vault", "unseal", "unseal", Takes::apart},
    {"vault", "unwrap", "unwrap", Takes::apart},
    {"bw", "unlock", "unlock", Takes::apart},
    {"bw", "login", "", Takes::place, 3},
    {"op", "signin", "", Takes::place, 4},
    {"ngrok", "authtoken", "authtoken", Takes::apart},
    {"ngrok", "add-authtoken", "add-authtoken", Takes::apart},
    {"cloudflared", "install", "install", Takes::apart},
    {"cloudflared", "", "--token"},
    {"gh", "secret", "-b --body"},
    {"aws", "ssm", "--value", Takes::apart},
    {"codecov", "", "-t"},
    {"jenkins-cli jenkins-cli.jar", "", "-auth", Takes::user},
    {"pulumi", "--secret", "", Takes::place, 4},
    {"swift", "", "-K", Takes::apart},
    {"virsh", "secret-set-value", "--base64", Takes::apart},
    {"virsh", "secret-set-value", "", Takes::place, 3},
    {"openssl", "passwd", "", Takes::place, 2},
    {"openssl", "", "-k -K", Takes::apart},
    {"ansible-vault", "encrypt_string", "", Takes::place, 2},
    {"rabbitmqctl", "authenticate_user", "", Takes::place, 3},
    {"ssh-keygen", "", "-N -P"},
    {"psexec psexec.exe psexec64 psexec64.exe", "", "-p"},
    {"plink pscp psftp", "", "-pw", Takes::apart},
    {"cmdkey cmdkey.exe", "", "/pass:", Takes::joined},
    {"schtasks", "", "/rp", Takes::apart},
    {"certutil signtool", "", "-p /p"},
    {"beeline impala-shell", "", "-p"},
    {"kafkactl", "", "-p"},
    {"mc", "alias", "", Takes::place, 6},
    {"s3cmd", "", "--secret_key"},
    {"govc", "", "-u", Takes::user},
    {"ctr crictl nerdctl", "", "--user -u --creds", Takes::user},
    {"skopeo buildah podman", "", "--creds --src-creds --dest-creds", Takes::user},
    {"gpg gpg2", "", "--passphrase"},
    {"restic borg", "", "--password"},
    {"ansible-playbook ansible", "", "--become-password"},
    {"knife", "", "-P"},
    {"asadmin", "", "--password"},
    {"sonar-scanner", "", "-Dsonar.login -Dsonar.token -Dsonar.password"},
    {"doctl", "init", "-t --access-token"},
    {"useradd usermod", "", "-p --password"},
    {"usql pgcli", "", "-p"},
});

}  // namespace sourceos::redact
