using Azure.Core;
using Bascule.Connectors.Entra;
using Bascule.Core;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Secrets;

/// <summary>Bascule's own login for its secrets, by one credential, which keeps its token in memory until shortly before its end.</summary>
internal sealed class AzureLogin : IDisposable
{
    private readonly AzureOptions _options;
    private readonly EntraLogin _entra;
    private readonly EntraAssertion? _assertion;
    private readonly TokenCredential _credential;

    public AzureLogin(AzureOptions options, IRunIdentity? identity, Action<string>? detail)
    {
        _options = options;
        _entra = new EntraLogin(new EntraOptions(AzureOptions.Subject, options.Authority, options.CaFile), detail);
        _assertion = options.Federation is { } federation
            ? new EntraAssertion(
                federation.Tenant,
                federation.Client,
                federation.Token.Audience,
                SecretIdentity.Subject("azure"),
                stop => federation.Token.AssertAsync(identity, stop)
            )
            : null;
        _credential =
            _assertion is not null ? _entra.Federated(_assertion)
            : options.ManagedIdentity is { } managed
                ? EntraLogin.Managed(managed == AzureOptions.System ? null : managed)
            : _entra.FromEnvironment();
    }

    public void Dispose() => _entra.Dispose();

    /// <summary>The value of the Authorization header.</summary>
    public async Task<Result<Secret>> AuthorizationAsync(CancellationToken cancellationToken)
    {
        var asked = await _entra.AskAsync(_credential, _options.Scope, _assertion, cancellationToken);
        return asked.Failed(out var problem) ? problem : asked.Value.Authorization;
    }
}
