using System.CommandLine;
using System.Net;
using Bascule.Client;
using Bascule.Connectors.Outbound;
using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;

namespace Bascule.Cli.Features;

/// <summary>
/// Finds the running server by its settings file, and proves itself with the token in its data folder; or by <c>--server</c>, with the session that
/// <c>bascule login</c> got.
/// </summary>
internal static class ConnectionFeature
{
    public const string DefaultFile = "bascule.yaml";

    public static readonly Option<string> ConfigFile = new("--config")
    {
        Description = "The server's settings.",
        DefaultValueFactory = _ => DefaultFile,
        Recursive = true,
        HelpName = "file",
    };

    public static readonly Option<string?> Server = new("--server")
    {
        Description = "A Bascule elsewhere, as whoever is signed in there: see login.",
        Recursive = true,
        HelpName = "url",
    };

    /// <summary>Invalid, with every error in it, when the settings are wrong.</summary>
    /// <param name="withSecrets">A command that talks to a running server needs none of its secrets, and is often run by a user who cannot read them.</param>
    public static Result<ServerSettings> ReadSettings(ParseResult parsed, bool withSecrets = true)
    {
        var file = parsed.GetValue(ConfigFile)!;
        if (!File.Exists(file))
            return Problem.Invalid($"there is no '{file}'; write one with: bascule init");
        var (settings, problems) = ServerSettings.Load(
            file,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System,
            new SettingSecrets(withSecrets)
        );
        return settings is null ? Problem.Invalid(Describe(file, problems)) : settings;
    }

    /// <summary>Invalid when no server is named, or not as an address of the web.</summary>
    public static Result<Uri> ReadServer(ParseResult parsed)
    {
        if (parsed.GetValue(Server) is not { Length: > 0 } text)
            return Problem.Invalid("name the server: --server https://bascule.example.com");
        var read = OutboundUrl.Read(text);
        return read.Failed(out var problem)
            ? Problem.Invalid($"--server {text}: {problem.Message}")
            : new Uri(read.Value.GetLeftPart(UriPartial.Authority));
    }

    public static Result<BasculeClient> Open(ParseResult parsed) =>
        parsed.GetValue(Server) is null ? OpenLocal(parsed) : OpenSession(parsed);

    private static Result<BasculeClient> OpenSession(ParseResult parsed)
    {
        var server = ReadServer(parsed);
        if (server.Failed(out var nowhere))
            return nowhere;
        var session = SavedSessions.Own.Find(server.Value, TimeProvider.System.GetUtcNow());
        return session.Failed(out var none)
            ? none
            : BasculeClient.ForSession(server.Value, new Secret(session.Value.Token), session.Value.Ca);
    }

    private static Result<BasculeClient> OpenLocal(ParseResult parsed)
    {
        var settings = ReadSettings(parsed, withSecrets: false);
        if (settings.Failed(out var problem))
            return problem;
        var token = LocalToken.Open(settings.Value.DataFolder);
        if (token.Failed(out var noToken))
            return noToken;
        return new BasculeClient(AddressOf(settings.Value.Listen.Local), token.Value.Secret);
    }

    private static Uri AddressOf(IPEndPoint local) => new($"http://{local}");

    private static string Describe(string file, IReadOnlyList<SettingProblem> problems) =>
        $"{problems.Count} {(problems.Count == 1 ? "error" : "errors")} in {file}:\n  {string.Join("\n  ", problems)}";
}
