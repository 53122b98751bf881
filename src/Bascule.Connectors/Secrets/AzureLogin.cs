using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Identity;

namespace Bascule.Connectors.Secrets;

/// <summary>Access tokens of Microsoft Entra, by Azure.Identity. They are kept in memory by it until shortly before their end; nothing is stored.</summary>
internal sealed class AzureLogin : IDisposable
{
    private const string LogIn = "log in";
    private readonly AzureOptions _options;
    private readonly IRunIdentity? _identity;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly TokenCredential _credential;
    private readonly Action<string>? _detail;

    public AzureLogin(AzureOptions options, IRunIdentity? identity, Action<string>? detail)
    {
        (_options, _identity, _detail) = (options, identity, detail);
        // Bascule's own rules for calls: the configured CA, no redirects, no proxy from the environment, no link-local addresses.
        _handler = OutboundHandler.Create(
            new OutboundOptions
            {
                Subject = AzureOptions.Subject,
                Url = options.Authority,
                CaFile = options.CaFile,
            }
        );
        _http = new HttpClient(_handler, disposeHandler: false) { Timeout = TimeSpan.FromSeconds(30) };
        _credential = Credential();
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>The value of the Authorization header.</summary>
    public async Task<Result<Secret>> AuthorizationAsync(CancellationToken cancellationToken)
    {
        try
        {
            var context = new TokenRequestContext([_options.Scope]);
            var token = await _credential.GetTokenAsync(context, cancellationToken);
            return new Secret($"Bearer {token.Token}");
        }
        catch (AssertionException unsigned)
        {
            return unsigned.Problem with
            {
                Message = $"{AzureOptions.Subject}: cannot {LogIn}: {unsigned.Problem.Message}",
            };
        }
        catch (CredentialUnavailableException absent)
        {
            return Problem.Unavailable(
                $"{AzureOptions.Subject}: cannot {LogIn}: {StatusProblem.Clean(absent.Message)}"
            );
        }
        catch (AuthenticationFailedException failed)
        {
            return Explain(failed);
        }
    }

    private Problem Explain(AuthenticationFailedException failed)
    {
        List<Exception> causes = [.. Causes(failed)];
        if (causes.OfType<AssertionException>().FirstOrDefault() is { } unsigned)
            return unsigned.Problem;
        if (
            causes.Find(cause => cause is HttpRequestException or IOException or OperationCanceledException) is
            { } silence
        )
        {
            _detail?.Invoke($"{AzureOptions.Subject}: cannot {LogIn}: {silence.Message}");
            return Problem.Unavailable(
                $"{AzureOptions.Subject}: cannot {LogIn}: {_options.Authority.Authority} did not answer; Bascule's log says why"
            );
        }
        var remedy = _options.Federation is { } federation
            ? $"; compare the application's federated credential with what Bascule's token says: audience '{federation.Token.Audience}', subject '{SecretIdentity.Subject("azure")}', and the issuer"
            : "; look at the identity that the machine or the environment has";
        return Problem.Denied(
            $"{AzureOptions.Subject}: cannot {LogIn}: Entra does not let Bascule in ({StatusProblem.Clean(Said(causes))}){remedy}"
        );
    }

    /// <summary>Entra's own sentence, which begins with a number of its; the libraries wrap it.</summary>
    private static string Said(IEnumerable<Exception> causes)
    {
        foreach (var message in causes.Select(cause => cause.Message))
            if (message.IndexOf("AADSTS", StringComparison.Ordinal) is >= 0 and var start)
                return message[start..].Split('\n')[0];
        return causes.First().Message.Split('\n')[0];
    }

    private static IEnumerable<Exception> Causes(Exception failed) =>
        failed switch
        {
            AggregateException several => several.InnerExceptions.SelectMany(Causes),
            { InnerException: { } inner } => Causes(inner).Prepend(failed),
            _ => [failed],
        };

    private TokenCredential Credential()
    {
        if (_options.Federation is { } federation)
            return new ClientAssertionCredential(
                federation.Tenant,
                federation.Client,
                AssertAsync,
                Configure(new ClientAssertionCredentialOptions { DisableInstanceDiscovery = !_options.IsPublicCloud })
            );
        if (_options.ManagedIdentity is { } managed)
            // Asks the machine at its link-local address, which is what it is for (THREATS T78): not by our handler.
            return new ManagedIdentityCredential(
                managed == AzureOptions.System
                    ? ManagedIdentityId.SystemAssigned
                    : ManagedIdentityId.FromUserAssignedClientId(managed)
            );
        return new EnvironmentCredential(
            Configure(new EnvironmentCredentialOptions { DisableInstanceDiscovery = !_options.IsPublicCloud })
        );
    }

    private T Configure<T>(T options)
        where T : TokenCredentialOptions
    {
        options.AuthorityHost = _options.Authority;
        options.Transport = new HttpClientTransport(_http);
        options.Retry.MaxRetries = 1;
        options.Diagnostics.IsLoggingEnabled = false;
        options.Diagnostics.IsTelemetryEnabled = false;
        return options;
    }

    private async Task<string> AssertAsync(CancellationToken cancellationToken)
    {
        var asserted = await _options.Federation!.Token.AssertAsync(_identity, cancellationToken);
        return asserted.Failed(out var problem) ? throw new AssertionException(problem) : asserted.Value.Reveal();
    }

    /// <summary>Carries a refusal through a library that knows only exceptions.</summary>
    private sealed class AssertionException(Problem problem) : Exception(problem.Message)
    {
        public Problem Problem { get; } = problem;
    }
}
