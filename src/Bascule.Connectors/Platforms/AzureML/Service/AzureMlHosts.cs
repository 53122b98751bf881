using System.Collections.Concurrent;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Platforms.AzureML.Service;

/// <summary>
/// The servers that a workspace names for code and for tracking. They are called with logins, so only hosts of Azure, and those that the
/// connection names, are (THREATS T143).
/// </summary>
internal sealed class AzureMlHosts(AzureMlOptions options, TimeProvider time, Action<string>? detail) : IDisposable
{
    private const int Most = 20;
    private readonly ConcurrentDictionary<string, Lazy<OutboundClient>> _clients = new();

    public void Dispose()
    {
        foreach (var client in _clients.Values.Where(client => client.IsValueCreated))
            client.Value.Dispose();
    }

    /// <summary>The client of an address's server, and the address's path and query.</summary>
    /// <param name="what">What the address is, for messages; the address itself may hold a signature.</param>
    public Result<OutboundClient> ClientOf(Uri address, string what)
    {
        if (!address.IsAbsoluteUri || address.Scheme != Uri.UriSchemeHttps || address.UserInfo.Length > 0)
            return Problem.Invalid($"{options.Subject}: {what} is not at an https address");
        if (!IsKnown(address.IdnHost))
            return Problem.Denied(
                $"{options.Subject}: {what} is said to be at '{StatusProblem.Clean(address.IdnHost)}', which is no host of Azure that Bascule knows; "
                    + "where that is right, name it in the connection's hosts:"
            );
        var origin = new Uri(address.GetLeftPart(UriPartial.Authority));
        if (_clients.Count >= Most && !_clients.ContainsKey(origin.AbsoluteUri))
            return Problem.Exceeded($"{options.Subject}: the workspace names more than {Most} servers");
        return _clients.GetOrAdd(origin.AbsoluteUri, _ => new Lazy<OutboundClient>(() => Open(origin))).Value;
    }

    private bool IsKnown(string host) =>
        AzureMlDefaults.Hosts.Any(end => host.EndsWith(end, StringComparison.OrdinalIgnoreCase))
        || options.Hosts.Contains(host, StringComparer.OrdinalIgnoreCase);

    private OutboundClient Open(Uri origin) =>
        new(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = origin,
                CaFile = options.Azure.CaFile,
                Time = time,
                Timeout = TimeSpan.FromSeconds(100), // a file of a hundred megabytes takes its time
                MaxAnswerBytes = AzureMlDefaults.MaxAnswer,
                Detail = detail,
            }
        );
}
