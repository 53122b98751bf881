using System.Buffers.Text;
using System.CommandLine;
using System.Text.Json;
using Bascule.Core;
using Bascule.Core.Exchange;
using Bascule.Core.Secrets;
using Bascule.Server.Configuration;
using Bascule.Server.Connections;

namespace Bascule.Cli.Features;

/// <summary>Trust policies without a server: the settings decide, and what is shown is taken at its word.</summary>
internal static class TrustFeature
{
    private const int MaxToken = 64 * 1024;

    /// <summary>What is about to be merged into the policy repository, to be tested beforehand.</summary>
    public static readonly Option<string> Delegated = new("--delegated")
    {
        Description =
            "A trust-policies.yaml that counts as if it stood in the policy repository of the settings. Without it only the settings' own policies count.",
        HelpName = "file",
    };

    public static Result<TrustPolicies> LoadPolicies(ParseResult parsed)
    {
        var file = parsed.GetValue(ConnectionFeature.ConfigFile)!;
        if (!File.Exists(file))
            return Problem.NotFound($"there is no '{file}'; name the settings with --config");
        var (settings, problems) = ServerSettings.Load(
            file,
            ConnectorKinds.Forges,
            ConnectorKinds.Platforms,
            TimeProvider.System,
            new SettingSecrets(isReading: false)
        );
        return settings is null
            ? Problem.Invalid(string.Join(Environment.NewLine, problems))
            : WithDelegated(settings, parsed.GetValue(Delegated));
    }

    private static Result<TrustPolicies> WithDelegated(ServerSettings settings, string? file)
    {
        var policies = new TrustPolicies(settings.Exchange.Policies);
        if (file is null)
            return policies;
        if (settings.Exchange.Delegation is not { } delegation)
            return Problem.Invalid("--delegated: the settings have no policy_repository, so no file adds policies");
        if (!File.Exists(file))
            return Problem.NotFound($"there is no '{file}'");
        if (new FileInfo(file).Length > TrustDelegation.MaxBytes)
            return Problem.Invalid($"'{file}' is larger than {TrustDelegation.MaxBytes / 1024} KiB");
        var (delegated, problems) = DelegatedPoliciesReader.Read(File.ReadAllBytes(file), file, delegation);
        if (delegated is null)
            return Problem.Invalid(string.Join(Environment.NewLine, problems));
        policies.Delegate(delegated);
        return policies;
    }

    /// <summary>Claims as JSON, or a token whose claims are read and whose signature nobody looks at.</summary>
    public static Result<ShownIdentity> ReadIdentity(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(ClaimsOf(text.Trim()));
            return ShownIdentity.Suppose(document.RootElement.Clone());
        }
        catch (Exception broken) when (broken is JsonException or FormatException)
        {
            return Problem.Invalid("these are neither claims as a JSON object nor a token of three parts");
        }
    }

    /// <summary>A file, <c>-</c> for standard input, or the text itself: a token among the arguments can be seen by everybody on the machine.</summary>
    public static Result<string> ReadText(string argument)
    {
        if (argument.StartsWith('{'))
            return argument;
        if (argument == "-")
            return Console.In.ReadToEnd();
        if (!File.Exists(argument))
            return Problem.NotFound(
                $"there is no file '{argument}'; write claims as JSON, the file of a token or claims, or - for standard input"
            );
        return new FileInfo(argument).Length > MaxToken
            ? Problem.Invalid($"'{argument}' is larger than any token")
            : File.ReadAllText(argument);
    }

    public static Result<ExchangeWish> ReadWish(string repository, IReadOnlyList<string> verbs)
    {
        var colon = repository.IndexOf(':', StringComparison.Ordinal);
        if (colon < 1)
            return Problem.Invalid($"repository '{repository}' names no forge; write FORGE:OWNER/NAME");
        return verbs.FirstOrDefault(verb => GitVerbWords.Find(verb) is null) is { } unknown
            ? Problem.Invalid($"there is no verb '{unknown}'; use fetch or push")
            : new ExchangeWish(
                repository[..colon],
                repository[(colon + 1)..],
                [.. verbs.Select(verb => GitVerbWords.Find(verb)!.Value).Distinct()]
            );
    }

    private static byte[] ClaimsOf(string text) =>
        text.Split('.') is [_, var payload, _] && !text.StartsWith('{')
            ? Base64Url.DecodeFromChars(payload)
            : System.Text.Encoding.UTF8.GetBytes(text);
}
