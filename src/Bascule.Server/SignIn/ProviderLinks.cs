using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Server.Configuration;
using Microsoft.Extensions.Logging;

namespace Bascule.Server.SignIn;

/// <summary>The providers of the settings, and calls to them.</summary>
internal sealed partial class ProviderLinks : IDisposable
{
    private readonly IssuerDirectory _directory;
    private readonly Dictionary<string, ProviderClient> _clients;
    private readonly Dictionary<string, GraphGroups> _graphs;

    public ProviderLinks(
        ServerSettings settings,
        IssuerDirectory directory,
        TimeProvider time,
        ILogger<ProviderLinks> log
    )
    {
        All = settings.SignIn;
        _directory = directory;
        _clients = All.ToDictionary(
            provider => provider.Name,
            provider => new ProviderClient(provider.Issuer, time, detail => Log.Failed(log, detail))
        );
        _graphs = All.Where(provider => provider.Graph is not null)
            .ToDictionary(
                provider => provider.Name,
                provider => new GraphGroups(
                    provider.Graph!,
                    provider.Issuer.CaFile,
                    time,
                    detail => Log.Failed(log, detail)
                )
            );
    }

    public IReadOnlyList<SignInProvider> All { get; }

    public SignInProvider? Find(string name) => All.FirstOrDefault(provider => provider.Name == name);

    public Task<Result<ProviderMetadata>> ReadMetadataAsync(
        SignInProvider provider,
        CancellationToken cancellationToken
    ) => _directory.ReadMetadataAsync(provider.Issuer.Issuer.Url.Text, cancellationToken);

    public async Task<Result<ProviderTokens>> RedeemAsync(
        SignInProvider provider,
        AuthorizationCode code,
        CancellationToken cancellationToken
    )
    {
        var metadata = await ReadMetadataAsync(provider, cancellationToken);
        if (metadata.Failed(out var unknown))
            return unknown;
        var login = new ProviderLogin(provider.Client, provider.Secret);
        return await _clients[provider.Name].RedeemAsync(metadata.Value, login, code, cancellationToken);
    }

    public async Task<Result<ProviderUser>> ReadUserAsync(
        SignInProvider provider,
        Secret accessToken,
        string subject,
        CancellationToken cancellationToken
    )
    {
        var metadata = await ReadMetadataAsync(provider, cancellationToken);
        return metadata.Failed(out var unknown)
            ? unknown
            : await _clients[provider.Name].ReadUserAsync(metadata.Value, accessToken, subject, cancellationToken);
    }

    public Task<Result<IReadOnlyList<string>>> ReadGraphGroupsAsync(
        SignInProvider provider,
        Secret accessToken,
        CancellationToken cancellationToken
    ) => _graphs[provider.Name].ReadAsync(accessToken, cancellationToken);

    public void Dispose()
    {
        foreach (var client in _clients.Values)
            client.Dispose();
        foreach (var graph in _graphs.Values)
            graph.Dispose();
    }

    private static partial class Log
    {
        [LoggerMessage(1, LogLevel.Warning, "A call to an identity provider failed: {Detail}")]
        public static partial void Failed(ILogger log, string detail);
    }
}
