using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Npgsql;

namespace Bascule.Testing.Storage;

/// <summary>
/// A real PostgreSQL of its own on a Unix socket, made by initdb in a temporary folder; gone when this process is. As root it runs as Debian's user
/// postgres, since PostgreSQL refuses to run as root.
/// </summary>
public sealed class PostgresServer : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> s_shared = new(() => StartAsync(durable: false));
    private static int s_databases;
    private readonly string _folder;
    private readonly bool _durable;
    private Process _process;

    private PostgresServer(string folder, bool durable, Process process)
    {
        _folder = folder;
        _durable = durable;
        _process = process;
    }

    /// <summary>One for all tests of this process, each with a database of its own. It does not wait for the disk.</summary>
    public static Task<PostgresServer> SharedAsync() => s_shared.Value;

    /// <param name="durable">Whether a commit waits for the disk, as in production.</param>
    public static async Task<PostgresServer> StartAsync(bool durable)
    {
        var folder = Directory.CreateTempSubdirectory("bascule-postgres-").FullName;
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", ["postgres:postgres", folder]);
        var data = Path.Combine(folder, "data");
        await RunAsync(
            AsOwner,
            [.. AsOwnerArguments, Tool("initdb"), "-D", data, "-U", "bascule", "-A", "trust", "-E", "UTF8", "--no-sync"]
        );
        var server = new PostgresServer(folder, durable, Launch(folder, durable));
        await server.WaitAsync();
        return server;
    }

    /// <summary>Another server that takes over what this one writes, as it is written.</summary>
    public async Task<PostgresServer> StandByAsync()
    {
        var folder = Directory.CreateTempSubdirectory("bascule-standby-").FullName;
        if (Environment.IsPrivilegedProcess)
            await RunAsync("chown", ["postgres:postgres", folder]);
        string[] copy =
        [
            "-h",
            _folder,
            "-U",
            "bascule",
            "-D",
            Path.Combine(folder, "data"),
            "-R",
            "-X",
            "stream",
            "--checkpoint=fast",
        ];
        await RunAsync(AsOwner, [.. AsOwnerArguments, Tool("pg_basebackup"), .. copy]);
        var standby = new PostgresServer(folder, _durable, Launch(folder, _durable));
        await standby.WaitAsync();
        return standby;
    }

    /// <summary>Where a client finds the socket.</summary>
    public string SocketFile => Path.Combine(_folder, ".s.PGSQL.5432");

    public string AddressOf(string database) =>
        $"Host={_folder};Port=5432;Username=bascule;Database={database};Pooling=true";

    /// <summary>An empty database; answers its name.</summary>
    public async Task<string> CreateDatabaseAsync()
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"test{Interlocked.Increment(ref s_databases)}");
        await ExecuteAsync("postgres", $"CREATE DATABASE {name}");
        return name;
    }

    [SuppressMessage("Security", "CA2100", Justification = "Tests say what they mean.")]
    public async Task ExecuteAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(AddressOf(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    [SuppressMessage("Security", "CA2100", Justification = "Tests say what they mean.")]
    public async Task<long> CountAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(AddressOf(database) + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        return (long)(await command.ExecuteScalarAsync())!;
    }

    public async Task StartAgainAsync()
    {
        _process = Launch(_folder, _durable);
        await WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static string AsOwner => Environment.IsPrivilegedProcess ? "setpriv" : "env";

    private static string[] AsOwnerArguments =>
        Environment.IsPrivilegedProcess ? ["--reuid=postgres", "--regid=postgres", "--clear-groups"] : [];

    /// <summary>The shell ends the server when its own standard input does: when this process is gone, however it went.</summary>
    private static Process Launch(string folder, bool durable)
    {
        const string script = """ "$@" >"$0/log" 2>&1 & server=$!; cat >/dev/null; kill -QUIT $server; wait $server """;
        string[] settings =
        [
            "-c",
            "listen_addresses=",
            "-c",
            $"unix_socket_directories={folder}",
            "-c",
            "max_connections=200",
            "-c",
            "shared_buffers=64MB",
            "-c",
            durable ? "fsync=on" : "fsync=off",
            "-c",
            durable ? "synchronous_commit=on" : "synchronous_commit=off",
        ];
        string[] command =
        [
            AsOwner,
            .. AsOwnerArguments,
            Tool("postgres"),
            "-D",
            Path.Combine(folder, "data"),
            .. settings,
        ];
        var start = new ProcessStartInfo("sh", ["-c", script, folder, .. command])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        return Process.Start(start)!;
    }

    private async Task WaitAsync()
    {
        for (var deadline = DateTime.UtcNow.AddSeconds(60); ; await Task.Delay(50))
        {
            try
            {
                await ExecuteAsync("postgres", "SELECT 1");
                return;
            }
            catch (NpgsqlException) when (DateTime.UtcNow < deadline && !_process.HasExited) { }
        }
    }

    /// <summary>At once: no session is ended properly, as when the machine loses power.</summary>
    public async Task StopAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private static string Tool(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .Select(version => Path.Combine(version, "bin", name))
                .Where(File.Exists)
                .OrderDescending(StringComparer.Ordinal)
                .FirstOrDefault()
                ?? Missing(name)
            : Missing(name);

    private static string Missing(string name) =>
        throw new InvalidOperationException(
            $"no {name} under /usr/lib/postgresql; install it: apt-get install postgresql"
        );

    private static async Task RunAsync(string program, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException(
                $"{program} {string.Join(' ', arguments)} failed: {errors}{await output}"
            );
    }
}
