using System.CommandLine;
using System.Net;
using Bascule.Client;
using Bascule.Core;
using Bascule.Core.Settings;
using Bascule.Server.Api;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;

namespace Bascule.Cli.Features;

/// <summary>Finds the running server by its settings file, and proves itself with the token in its data folder.</summary>
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

    /// <summary>Invalid, with every error in it, when the settings are wrong.</summary>
    public static Result<ServerSettings> ReadSettings(ParseResult parsed)
    {
        var file = parsed.GetValue(ConfigFile)!;
        if (!File.Exists(file))
            return Problem.Invalid($"there is no '{file}'; write one with: bascule init");
        var (settings, problems) = ServerSettings.Load(
            file,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System
        );
        return settings is null ? Problem.Invalid(Describe(file, problems)) : settings;
    }

    public static Result<BasculeClient> Open(ParseResult parsed)
    {
        var settings = ReadSettings(parsed);
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
