using System.Diagnostics.CodeAnalysis;
using Azure.Core;
using Azure.Core.Pipeline;
using Azure.Identity;
using Bascule.Connectors.Outbound;
using Bascule.Core;

namespace Bascule.Connectors.Entra;

/// <summary>Access tokens of Microsoft Entra, by Azure.Identity. Safe to use from many tasks at once; nothing is stored.</summary>
internal sealed class EntraLogin : IDisposable
{
    private const string Doing = "log in";
    private readonly EntraOptions _options;
    private readonly SocketsHttpHandler _handler;
    private readonly HttpClient _http;
    private readonly Action<string>? _detail;

    /// <param name="detail">Told why a call got no answer, for the operator's log; never told a secret.</param>
    public EntraLogin(EntraOptions options, Action<string>? detail)
    {
        (_options, _detail) = (options, detail);
        // Bascule's own rules for calls: the configured CA, no redirects, no proxy from the environment, no link-local addresses.
        _handler = OutboundHandler.Create(
            new OutboundOptions
            {
                Subject = options.Subject,
                Url = options.Authority,
                CaFile = options.CaFile,
            }
        );
        _http = new HttpClient(_handler, disposeHandler: false) { Timeout = TimeSpan.FromSeconds(30) };
    }

    public void Dispose()
    {
        _http.Dispose();
        _handler.Dispose();
    }

    /// <summary>Of an application, by a token that it trusts.</summary>
    public TokenCredential Federated(EntraAssertion assertion) =>
        new ClientAssertionCredential(
            assertion.Tenant,
            assertion.Client,
            async stop =>
            {
                var signed = await assertion.Sign(stop);
                return signed.Failed(out var problem) ? throw new AssertionException(problem) : signed.Value.Reveal();
            },
            Configure(new ClientAssertionCredentialOptions { DisableInstanceDiscovery = !_options.IsPublicCloud })
        );

    /// <summary>Of the machine, which is asked at its link-local address: that is what it is for (THREATS T78), so not by our handler.</summary>
    /// <param name="client">The id of an identity that the machine was given; null for its own.</param>
    public static TokenCredential Managed(string? client) =>
        new ManagedIdentityCredential(
            client is null ? ManagedIdentityId.SystemAssigned : ManagedIdentityId.FromUserAssignedClientId(client)
        );

    /// <summary>Of the variables that Azure's own tools read.</summary>
    public TokenCredential FromEnvironment() =>
        new EnvironmentCredential(
            Configure(new EnvironmentCredentialOptions { DisableInstanceDiscovery = !_options.IsPublicCloud })
        );

    /// <param name="scope">E.g. <c>https://management.azure.com/.default</c>.</param>
    /// <param name="assertion">What the credential says of itself, for the remedy; null when it is another kind.</param>
    public async Task<Result<EntraToken>> AskAsync(
        TokenCredential credential,
        string scope,
        EntraAssertion? assertion,
        CancellationToken cancellationToken
    )
    {
        try
        {
            var token = await credential.GetTokenAsync(new TokenRequestContext([scope]), cancellationToken);
            return new EntraToken(new Secret($"Bearer {token.Token}"), token.ExpiresOn);
        }
        catch (AssertionException unsigned)
        {
            return Unsigned(unsigned.Problem);
        }
        catch (CredentialUnavailableException absent)
        {
            return Problem.Unavailable($"{_options.Subject}: cannot {Doing}: {StatusProblem.Clean(absent.Message)}");
        }
        catch (AuthenticationFailedException failed)
        {
            return Explain(failed, assertion);
        }
    }

    private Problem Explain(AuthenticationFailedException failed, EntraAssertion? assertion)
    {
        List<Exception> causes = [.. Causes(failed)];
        if (causes.OfType<AssertionException>().FirstOrDefault() is { } unsigned)
            return Unsigned(unsigned.Problem);
        if (
            causes.Find(cause => cause is HttpRequestException or IOException or OperationCanceledException) is
            { } silence
        )
        {
            _detail?.Invoke($"{_options.Subject}: cannot {Doing}: {silence.Message}");
            return Problem.Unavailable(
                $"{_options.Subject}: cannot {Doing}: {_options.Authority.Authority} did not answer; Bascule's log says why"
            );
        }
        var said = Said(causes);
        var remedy = assertion is not null
            ? $"; {EntraRefusals.InWords(said)}compare the application's federated credential with what Bascule's token says: audience '{assertion.Audience}', subject '{assertion.Subject}', and the issuer"
            : "; look at the identity that the machine or the environment has";
        return Problem.Denied(
            $"{_options.Subject}: cannot {Doing}: Entra does not let Bascule in ({StatusProblem.Clean(said)}){remedy}"
        );
    }

    private Problem Unsigned(Problem problem) =>
        problem with
        {
            Message = $"{_options.Subject}: cannot {Doing}: {problem.Message}",
        };

    /// <summary>Entra's own sentence, which begins with a number of its; the libraries wrap it.</summary>
    private static string Said(List<Exception> causes)
    {
        foreach (var message in causes.Select(cause => cause.Message))
            if (message.IndexOf("AADSTS", StringComparison.Ordinal) is >= 0 and var start)
                return message[start..].Split('\n')[0];
        return causes[0].Message.Split('\n')[0];
    }

    private static IEnumerable<Exception> Causes(Exception failed) =>
        failed switch
        {
            AggregateException several => several.InnerExceptions.SelectMany(Causes),
            { InnerException: { } inner } => Causes(inner).Prepend(failed),
            _ => [failed],
        };

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

    /// <summary>Carries a refusal through a library that knows only exceptions.</summary>
    [SuppressMessage("Design", "CA1032", Justification = "thrown in one place and caught in one")]
    [SuppressMessage("Design", "CA1064", Justification = "it never leaves this class")]
    private sealed class AssertionException(Problem problem) : Exception(problem.Message)
    {
        public Problem Problem { get; } = problem;
    }
}
