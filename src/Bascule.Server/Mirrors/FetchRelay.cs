using System.Collections.Concurrent;
using System.Net;
using Bascule.Core.Forges;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace Bascule.Server.Mirrors;

/// <summary>
/// A listener on loopback through which git reaches the forge. Whatever git is given (arguments, environment, helper, file) can be read by
/// somebody or ends up in a dump; so git gets a word that opens this relay for one repository while its run lasts, and the forge's credential
/// never leaves this process (THREATS T82, T93, T114). The relay also does what git's own client cannot promise: the address that was checked
/// is the one connected (T78, T79), no redirect is followed (T80), no proxy is taken from the environment (T85), bytes and objects are counted
/// as they arrive (T70), and connections to the forge stay open between fetches.
/// </summary>
internal sealed class FetchRelay(RelayForward forward) : IHttpApplication<HttpContext>, IAsyncDisposable
{
    public const string TicketHeader = "Bascule-Ticket";
    private const string Repository = "/repository.git";
    private readonly ConcurrentDictionary<string, RelayTicket> _tickets = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _starting = new(1, 1);
    private KestrelServer? _server;
    private string? _address;

    /// <summary>The address that git is given; the same for every repository, since the ticket says which one it is.</summary>
    public async Task<string> StartAsync(CancellationToken cancellationToken)
    {
        if (Volatile.Read(ref _address) is { } known)
            return known;
        await _starting.WaitAsync(cancellationToken);
        try
        {
            return _address ??= await ListenAsync(cancellationToken);
        }
        finally
        {
            _starting.Release();
        }
    }

    public RelayTicket Issue(GitAccess access)
    {
        var ticket = new RelayTicket(access, ended => _tickets.TryRemove(ended.Word, out _));
        _tickets[ticket.Word] = ticket;
        return ticket;
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public async Task ProcessRequestAsync(HttpContext context)
    {
        var word = context.Request.Headers[TicketHeader];
        var route = Route(context.Request);
        if (word.Count != 1 || route is null || !_tickets.TryGetValue(word.ToString(), out var ticket))
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }
        await forward.SendAsync(context, ticket, route);
    }

    public void DisposeContext(HttpContext context, Exception? exception) { }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            using var now = new CancellationTokenSource();
            await now.CancelAsync();
            await _server.StopAsync(now.Token);
            _server.Dispose();
        }
        _starting.Dispose();
        forward.Dispose();
    }

    /// <summary>The two requests of a fetch over smart HTTP; pushes and the old "dumb" file requests have no way through.</summary>
    private static string? Route(HttpRequest request) =>
        (request.Method, request.Path.Value, request.QueryString.Value) switch
        {
            ("GET", Repository + "/info/refs", "?service=git-upload-pack") => "/info/refs?service=git-upload-pack",
            ("POST", Repository + "/git-upload-pack", "") => "/git-upload-pack",
            _ => null,
        };

    private async Task<string> ListenAsync(CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MinResponseDataRate = null; // git may be busy with what it has
        options.Limits.MaxRequestBodySize = RelayForward.MaxRequestBytes;
        options.Listen(IPAddress.Loopback, 0);
        var transport = new SocketTransportFactory(
            Options.Create(new SocketTransportOptions()),
            NullLoggerFactory.Instance
        );
        _server = new KestrelServer(Options.Create(options), transport, NullLoggerFactory.Instance);
        await _server.StartAsync(this, cancellationToken);
        return _server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.Single() + Repository;
    }
}
