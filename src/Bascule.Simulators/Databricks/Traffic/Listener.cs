using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Bascule.Simulators.Databricks.Traffic;

/// <summary>https on 127.0.0.1 that can go away and come back on the same port.</summary>
internal sealed class Listener : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentDictionary<string, ConnectionContext> _open = new();
    private volatile bool _offline;

    public Listener(int port, X509Certificate2 certificate, RequestDelegate handle)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Limits.MinResponseDataRate = null;
            kestrel.Listen(
                IPAddress.Loopback,
                port,
                listen =>
                {
                    listen.Use(Watch);
                    listen.UseHttps(certificate);
                }
            );
        });
        _app = builder.Build();
        _app.Run(handle);
    }

    public Uri Url { get; private set; } = null!;

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        var addresses = _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!;
        Url = new Uri(addresses.Addresses.First());
    }

    public void GoOffline()
    {
        _offline = true;
        foreach (var connection in _open.Values)
            connection.Abort();
    }

    public void Resume() => _offline = false;

    public async ValueTask DisposeAsync()
    {
        GoOffline();
        await _app.DisposeAsync();
    }

    private ConnectionDelegate Watch(ConnectionDelegate next) =>
        async connection =>
        {
            _open[connection.ConnectionId] = connection;
            if (_offline)
                connection.Abort();
            else
                await next(connection);
            _open.TryRemove(connection.ConnectionId, out _);
        };
}
