using System.CommandLine;
using System.Globalization;
using Bascule.Cli.Features;
using Bascule.Cli.Features.Git;
using Bascule.Client;
using Bascule.Connectors.Issuers;
using Bascule.Core;
using Bascule.Core.Api;
using Bascule.Core.Identity.Tokens;

namespace Bascule.Cli.Commands.SignIn;

/// <summary><c>bascule login</c>: signs in at the company's identity provider, in a browser anywhere, and keeps the session.</summary>
internal static class LoginCommand
{
    private static readonly Option<string?> Provider = new("--provider")
    {
        Description = "Where to prove who you are, by its name in the server's settings.",
        HelpName = "name",
    };

    private static readonly Option<string?> Ca = new("--ca")
    {
        Description = "PEM certificates to trust instead of the system's.",
        HelpName = "file",
    };

    private static readonly Option<bool> SetupGit = new("--setup-git")
    {
        Description = "Let git go through Bascule, existing remotes too. Signs in only if you are not.",
    };

    private static readonly Option<bool> UndoGit = new("--undo-git")
    {
        Description = "Take what --setup-git wrote out of git's settings again. Signs nobody in.",
    };

    public static Command Create()
    {
        var command = new Command("login", "Signs in with your company's account, from any machine.")
        {
            Provider,
            Ca,
            SetupGit,
            UndoGit,
        };
        command.SetAction(RunAsync);
        return command;
    }

    private static async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        var output = new OutputFeature(parsed);
        var server = ConnectionFeature.ReadServer(parsed);
        if (server.Failed(out var nowhere))
            return output.Refuse(nowhere);
        if (parsed.GetValue(UndoGit))
            return parsed.GetValue(SetupGit)
                ? output.Refuse(Problem.Invalid("--setup-git and --undo-git exclude each other"))
                : await GitSetupFeature.UndoAsync(output, server.Value, cancellationToken);
        return parsed.GetValue(SetupGit)
            ? await GitSetupFeature.SetUpAsync(
                output,
                server.Value,
                () => SignInAsync(parsed, output, server.Value, cancellationToken),
                cancellationToken
            )
            : await SignInAsync(parsed, output, server.Value, cancellationToken);
    }

    private static async Task<int> SignInAsync(
        ParseResult parsed,
        OutputFeature output,
        Uri server,
        CancellationToken cancellationToken
    )
    {
        var ca = parsed.GetValue(Ca) is { } file ? Path.GetFullPath(file) : null;
        if (ca is not null && !File.Exists(ca))
            return output.Refuse(Problem.NotFound($"there is no '{ca}'"));
        using var client = new SignInClient(server, ca);
        var session = await SignInAsync(client, parsed.GetValue(Provider), ca, cancellationToken);
        if (session.Failed(out var refused))
            return output.Refuse(refused);
        var saved = SavedSessions.Own.Save(
            server,
            new SavedSession(session.Value.Token, session.Value.Name, session.Value.ExpiresAt, ca)
        );
        if (saved.Failed(out var unsaved))
            return output.Refuse(unsaved);
        OutputFeature.Say(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Signed in as {session.Value.Name} until {session.Value.ExpiresAt.UtcDateTime:yyyy-MM-dd HH:mm} UTC."
            )
        );
        return ExitCodes.Success;
    }

    private static async Task<Result<SessionRecord>> SignInAsync(
        SignInClient client,
        string? wanted,
        string? ca,
        CancellationToken cancellationToken
    )
    {
        var listed = await client.ListProvidersAsync(cancellationToken);
        if (listed.Failed(out var problem))
            return problem;
        var chosen = Choose(listed.Value.Providers, wanted);
        if (chosen.Failed(out var none))
            return none;
        var tokens = await AskAsync(chosen.Value, ca, cancellationToken);
        if (tokens.Failed(out var refused))
            return refused;
        var request = new SessionRequest(
            chosen.Value.Name,
            tokens.Value.IdToken.Reveal(),
            tokens.Value.AccessToken.Reveal()
        );
        return await client.BeginAsync(request, cancellationToken);
    }

    private static Result<SignInProviderRecord> Choose(IReadOnlyList<SignInProviderRecord> providers, string? wanted)
    {
        var known = string.Join(", ", providers.Select(provider => provider.Name));
        if (providers.Count == 0)
            return Problem.NotFound("this server lets no command line sign in; set cli_client below sign_in");
        if (wanted is not null)
            return providers.FirstOrDefault(provider => provider.Name == wanted) is { } found
                ? found
                : Problem.NotFound($"there is no provider '{wanted}' for the command line; use one of: {known}");
        return providers.Count == 1
            ? providers[0]
            : Problem.Invalid($"there are several providers; add --provider and one of: {known}");
    }

    private static async Task<Result<ProviderTokens>> AskAsync(
        SignInProviderRecord provider,
        string? ca,
        CancellationToken cancellationToken
    )
    {
        var issuer = TrustedIssuer.Create(provider.Issuer);
        if (issuer.Failed(out var unsound))
            return unsound;
        var options = new IssuerOptions
        {
            Subject = provider.Title,
            Issuer = issuer.Value,
            CaFile = ca,
        };
        var metadata = new ProviderMetadata
        {
            Issuer = provider.Issuer,
            Keys = new Uri(provider.Issuer),
            DeviceAuthorization = provider.DeviceEndpoint,
            Token = provider.TokenEndpoint,
        };
        using var flow = new DeviceFlow(options, metadata, provider.Client, TimeProvider.System);
        var code = await flow.BeginAsync(provider.Scopes, cancellationToken);
        if (code.Failed(out var refused))
            return refused;
        OutputFeature.Say($"Open {code.Value.Address} and type: {code.Value.UserCode}");
        if (code.Value.Complete is { } complete)
            OutputFeature.Say($"or open {complete}");
        OutputFeature.Say("Go on only if you started this yourself just now. Waiting ...");
        return await flow.WaitAsync(code.Value, cancellationToken);
    }
}
