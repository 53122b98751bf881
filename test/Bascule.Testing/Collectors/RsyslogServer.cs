using System.Diagnostics;
using System.Text.Json.Nodes;
using Bascule.Simulators;
using Bascule.Testing.Stage;

namespace Bascule.Testing.Collectors;

/// <summary>
/// Debian's rsyslog as a collector over mutual TLS: it takes clients with a certificate of the authority, and writes what it has parsed into a file, a JSON object a line. It can be killed and started again at the same port.
/// </summary>
public sealed class RsyslogServer : IAsyncDisposable
{
    private const string Program = "/usr/sbin/rsyslogd";
    private const string OpenSsl = "/usr/lib/*/rsyslog/lmnsd_ossl.so";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly string _folder;
    private Process? _process;

    private RsyslogServer(string folder) => _folder = folder;

    /// <summary>Null when it can run here.</summary>
    public static string? Missing { get; } =
        File.Exists(Program)
        && Directory
            .GetDirectories("/usr/lib")
            .Any(folder => File.Exists(Path.Combine(folder, "rsyslog/lmnsd_ossl.so")))
            ? null
            : $"no {Program} with {OpenSsl}: apt-get install rsyslog rsyslog-openssl";

    public int Port { get; } = LoopbackPort.Find();

    private string Received => Path.Combine(_folder, "audit.jsonl");

    /// <param name="hostName">In its certificate; 127.0.0.1 and localhost when null.</param>
    public static async Task<RsyslogServer> StartAsync(LoopbackAuthority authority, string? hostName = null)
    {
        var server = new RsyslogServer(Directory.CreateTempSubdirectory("bascule-rsyslog-").FullName);
        var certificate = hostName is null ? authority.ServerCertificate : authority.IssueServer(hostName);
        await File.WriteAllTextAsync(server.PathOf("ca.crt"), authority.CaPem);
        await File.WriteAllTextAsync(server.PathOf("server.crt"), certificate.ExportCertificatePem());
        using var key = System.Security.Cryptography.X509Certificates.ECDsaCertificateExtensions.GetECDsaPrivateKey(
            certificate
        )!;
        await File.WriteAllTextAsync(server.PathOf("server.key"), key.ExportPkcs8PrivateKeyPem());
        await File.WriteAllTextAsync(server.PathOf("rsyslog.conf"), server.Configuration());
        await server.StartAsync();
        return server;
    }

    /// <summary>What has arrived so far, in its order.</summary>
    public IReadOnlyList<JsonObject> Read()
    {
        if (!File.Exists(Received))
            return [];
        using var file = new FileStream(Received, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        var whole = reader.ReadToEnd();
        return
        [
            .. whole[..(whole.LastIndexOf('\n') + 1)]
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!.AsObject()),
        ];
    }

    /// <summary>As soon as that much is there.</summary>
    public Task<IReadOnlyList<JsonObject>> ReadAsync(int count) => ReadAsync(received => received.Count >= count);

    /// <summary>As soon as what is there is enough.</summary>
    public async Task<IReadOnlyList<JsonObject>> ReadAsync(Func<IReadOnlyList<JsonObject>, bool> isEnough)
    {
        var until = DateTime.UtcNow + Patience;
        while (true)
        {
            var received = Read();
            if (isEnough(received))
                return received;
            if (DateTime.UtcNow > until)
                throw new TimeoutException($"rsyslog has {received.Count} messages, and not yet what is waited for");
            await Task.Delay(20);
        }
    }

    /// <summary>At the port that it had.</summary>
    public async Task StartAsync()
    {
        _process = Process.Start(
            new ProcessStartInfo(Program, ["-n", "-f", PathOf("rsyslog.conf"), "-i", PathOf("pid"), "-C"])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            }
        )!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        var until = DateTime.UtcNow + Patience;
        while (!await AnswersAsync())
        {
            if (_process.HasExited || DateTime.UtcNow > until)
                throw new InvalidOperationException($"{Program} does not answer at port {Port}");
            await Task.Delay(20);
        }
    }

    /// <summary>With SIGSTOP: connections stand, and nothing is read from them.</summary>
    public void Stop()
    {
        using var kill = Process.Start("kill", ["-STOP", $"{_process!.Id}"]);
        kill.WaitForExit();
    }

    /// <summary>With SIGKILL: it finishes nothing.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
        File.Delete(PathOf("pid"));
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
            await KillAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            using var client = new System.Net.Sockets.TcpClient();
            await client.ConnectAsync(System.Net.IPAddress.Loopback, Port);
            return true;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return false;
        }
    }

    private string PathOf(string name) => Path.Combine(_folder, name);

    /// <summary>As docs/operations/shipping.md shows it, but for the last lines: those write down what was parsed.</summary>
    private string Configuration() =>
        $$"""
            global(workDirectory="{{_folder}}" defaultNetstreamDriverCAFile="{{PathOf("ca.crt")}}"
              defaultNetstreamDriverCertFile="{{PathOf("server.crt")}}" defaultNetstreamDriverKeyFile="{{PathOf(
                "server.key"
            )}}" maxMessageSize="256k")
            module(load="imtcp" streamDriver.name="ossl" streamDriver.mode="1" streamDriver.authMode="x509/certvalid")
            module(load="mmpstrucdata")
            input(type="imtcp" port="{{Port}}" address="127.0.0.1" ruleset="audit")
            template(name="json" type="list") { constant(value="{\"pri\":") property(name="pri") constant(value=",\"ts\":\"") property(name="timereported" dateFormat="rfc3339")
              constant(value="\",\"host\":\"") property(name="hostname" format="json") constant(value="\",\"app\":\"") property(name="app-name" format="json")
              constant(value="\",\"msgid\":\"") property(name="msgid" format="json") constant(value="\",\"sd\":") property(name="$!rfc5424-sd")
              constant(value=",\"msg\":\"") property(name="msg" format="json") constant(value="\"}\n") }
            ruleset(name="audit") { action(type="mmpstrucdata") action(type="omfile" file="{{Received}}" template="json") }
            """;
}
