using System.Collections.Concurrent;
using Bascule.Connectors.Outbound;

namespace Bascule.Connectors.Secrets;

/// <summary>A client for each address that a service of AWS has.</summary>
internal sealed class AwsClients(AwsOptions options, TimeProvider time, Action<string>? detail) : IDisposable
{
    /// <summary>IMDS, at one address in every instance.</summary>
    private static readonly Uri Instance = new("http://169.254.169.254");
    private readonly ConcurrentDictionary<Uri, OutboundClient> _clients = new();

    public (OutboundClient Client, Uri Url) SecretsManager(string region) =>
        Of(options.SecretsManager ?? Regional("secretsmanager", region));

    public (OutboundClient Client, Uri Url) SecurityTokens(string region) =>
        Of(options.SecurityTokens ?? Regional("sts", region));

    public OutboundClient Metadata() => Of(options.Metadata ?? Instance, isMetadata: options.Metadata is null).Client;

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
    }

    private (OutboundClient Client, Uri Url) Of(Uri url, bool isMetadata = false) =>
        (
            _clients.GetOrAdd(
                url,
                _ => new OutboundClient(
                    new OutboundOptions
                    {
                        Subject = AwsOptions.Subject,
                        Url = url,
                        CaFile = options.CaFile,
                        Time = time,
                        Detail = detail,
                        MaxAnswerBytes = 1024 * 1024,
                        Timeout = TimeSpan.FromSeconds(20),
                        IsInstanceMetadata = isMetadata,
                    }
                )
            ),
            url
        );

    private static Uri Regional(string service, string region) =>
        new(
            $"https://{service}.{region}.amazonaws.com{(region.StartsWith("cn-", StringComparison.Ordinal) ? ".cn" : "")}"
        );
}
