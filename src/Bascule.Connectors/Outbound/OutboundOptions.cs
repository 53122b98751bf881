using System.Net;
using System.Net.Security;
using Bascule.Core;

namespace Bascule.Connectors.Outbound;

/// <summary>Finds the addresses of a host name.</summary>
public delegate Task<IReadOnlyList<IPAddress>> NameResolver(string host, CancellationToken cancellationToken);

/// <summary>One server that Bascule calls, and the bounds of every call to it.</summary>
public sealed record OutboundOptions
{
    /// <summary>What messages call the server, e.g. <c>forge 'git'</c>.</summary>
    public required string Subject { get; init; }

    /// <summary>The address that every path is appended to; see <see cref="OutboundUrl"/> for what is accepted.</summary>
    public required Uri Url { get; init; }

    /// <summary>An absolute path to PEM certificates that replace the system's trusted roots; null for the system's.</summary>
    public string? CaFile { get; init; }

    /// <summary>The certificate, with its private key and the chain behind it, that Bascule shows the server; null for none.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>The value of the Authorization header of requests that bring none of their own.</summary>
    public Secret? Authorization { get; init; }

    /// <summary>The same where it may be replaced while Bascule runs; takes the place of <see cref="Authorization"/>.</summary>
    public IOutboundCredential? Credential { get; init; }

    /// <summary>From the first byte sent to the last byte read.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);

    public int MaxAnswerBytes { get; init; } = 8 * 1024 * 1024;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told why a call failed, for the operator's log: the caller gets one message for all reasons (THREATS T84). Never told a secret.</summary>
    public Action<string>? Detail { get; init; }

    /// <summary>Whether this is the machine's own metadata service, which no connection that people configure may reach (THREATS T78).</summary>
    internal bool IsInstanceMetadata { get; init; }

    /// <summary>Null for the system's.</summary>
    public NameResolver? Resolver { get; init; }

    /// <summary>Stands in for the network in tests of recorded traffic.</summary>
    internal HttpMessageHandler? Handler { get; init; }
}
