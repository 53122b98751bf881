using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Bascule.Testing.Stage;

namespace Bascule.Bench.Gate;

/// <summary>
/// A real nginx that passes everything on to the forge, set up for git: https on both sides, nothing buffered to disk, connections to the forge kept open. It
/// ends with us, however we end: it lives on our pipe.
/// </summary>
internal sealed class Nginx : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private readonly Process _process;

    private Nginx(Process process, int port) => (_process, Port) = (process, port);

    public int Port { get; }

    /// <summary>Of every nginx on the machine: which workers are ours only their parents know.</summary>
    public static TimeSpan ProcessorTime =>
        Directory.EnumerateDirectories("/proc").Aggregate(TimeSpan.Zero, (sum, folder) => sum + UsedBy(folder));

    /// <param name="folder">Holds <c>server.pem</c> and <c>server.key</c>.</param>
    public static async Task<Nginx> StartAsync(string folder, Uri forge, CancellationToken cancellationToken)
    {
        var (port, file) = (LoopbackPort.Find(), Path.Combine(folder, "nginx.conf"));
        await File.WriteAllTextAsync(file, Settings(folder, port, forge), cancellationToken);
        const string script = """ exec 3<&0; "$@" & server=$!; (cat <&3 >/dev/null; kill $server) & wait $server """;
        var start = new ProcessStartInfo("sh", ["-c", script, "nginx", "nginx", "-e", "stderr", "-c", file])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
        };
        start.Environment["PATH"] += ":/usr/sbin";
        var nginx = new Nginx(Process.Start(start)!, port);
        try
        {
            await nginx.WaitAsync(cancellationToken);
            return nginx;
        }
        catch
        {
            await nginx.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        for (var clock = Stopwatch.StartNew(); ; await Task.Delay(20, cancellationToken))
        {
            try
            {
                using var socket = new TcpClient();
                await socket.ConnectAsync(IPAddress.Loopback, Port, cancellationToken);
                return;
            }
            catch (SocketException) when (clock.Elapsed < Patience && !_process.HasExited) { }
        }
    }

    /// <summary>Of a folder that is another process, or none, or one that has gone: nothing.</summary>
    private static TimeSpan UsedBy(string folder)
    {
        try
        {
            if (File.ReadAllText(Path.Combine(folder, "comm")).TrimEnd() != "nginx")
                return TimeSpan.Zero;
            var stat = File.ReadAllText(Path.Combine(folder, "stat"));
            // proc(5): utime and stime, in hundredths of a second; two fields stand before the name's end.
            var ticks = stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[11..13];
            return TimeSpan.FromMilliseconds(10 * ticks.Sum(one => long.Parse(one, CultureInfo.InvariantCulture)));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return TimeSpan.Zero;
        }
    }

    private static string Settings(string folder, int port, Uri forge) =>
        $$"""
            {{(Environment.IsPrivilegedProcess ? "user root;" : "")}}
            daemon off;
            worker_processes auto;
            pid {{folder}}/nginx.pid;
            events { worker_connections 1024; }
            http {
              access_log off;
              client_body_temp_path {{folder}}/nginx-body;
              proxy_temp_path {{folder}}/nginx-proxy;
              fastcgi_temp_path {{folder}}/nginx-fastcgi;
              uwsgi_temp_path {{folder}}/nginx-uwsgi;
              scgi_temp_path {{folder}}/nginx-scgi;
              upstream forge { server {{forge.Authority}}; keepalive 64; }
              server {
                listen 127.0.0.1:{{port}} ssl;
                ssl_certificate {{folder}}/server.pem;
                ssl_certificate_key {{folder}}/server.key;
                client_max_body_size 0;
                location / {
                  proxy_pass https://forge;
                  proxy_http_version 1.1;
                  proxy_set_header Connection "";
                  proxy_buffering off;
                  proxy_buffer_size 64k;
                  proxy_buffers 8 64k;
                  proxy_request_buffering off;
                  proxy_read_timeout 1h;
                  proxy_send_timeout 1h;
                }
              }
            }

            """;
}
