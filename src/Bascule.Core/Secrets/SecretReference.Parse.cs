using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Bascule.Core.Secrets;

public abstract partial record SecretReference
{
    private const int MaxLength = 1024;

    /// <summary>A fault does not repeat what was written: somebody may have put the secret itself there.</summary>
    /// <param name="absolute">Makes a path of the settings file absolute.</param>
    public static bool TryParse(
        string text,
        Func<string, string> absolute,
        [NotNullWhen(true)] out SecretReference? reference,
        [NotNullWhen(false)] out SecretFault? fault
    )
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var (scheme, place) = colon < 0 ? ("", "") : (text[..colon], text[(colon + 1)..]);
        reference = text.Length > MaxLength || text.Any(char.IsControl) ? null : Read(scheme, place, absolute);
        fault =
            reference is not null ? null
            : Example(scheme) is { } example ? new SecretFault($"is no {scheme}: reference", $"write {example}")
            : new SecretFault(
                "holds a value",
                "put it in a file of mode 0600 and write \"file:/path\", or name another place of it"
            );
        return reference is not null;
    }

    private static SecretReference? Read(string scheme, string place, Func<string, string> absolute) =>
        scheme switch
        {
            "file" when place.Length > 0 => new FileSecret(absolute(place)),
            "env" when VariableName().IsMatch(place) => new EnvironmentSecret(place),
            "credential" when CredentialName().IsMatch(place) => new SystemdSecret(place),
            "vault" => ReadVault(place),
            "azure-keyvault" => ReadAzure(place),
            "aws-secretsmanager" => ReadAws(place),
            _ => null,
        };

    private static string? Example(string scheme) =>
        scheme switch
        {
            "file" => "\"file:/path\"",
            "env" => "\"env:NAME\", of letters, digits and underscores",
            "credential" => "\"credential:NAME\", as LoadCredential= in the unit has it",
            "vault" => "\"vault:MOUNT/PATH#FIELD\", e.g. \"vault:secret/bascule/gitea#token\"",
            "azure-keyvault" => "\"azure-keyvault:VAULT/SECRET\" or \"azure-keyvault:VAULT/SECRET/VERSION\"",
            "aws-secretsmanager" =>
                "\"aws-secretsmanager:REGION/NAME\" or \"aws-secretsmanager:REGION/ARN\", and #KEY for a member of a JSON text",
            _ => null,
        };

    private static VaultSecret? ReadVault(string place)
    {
        var hash = place.LastIndexOf('#');
        string[] parts = hash < 0 ? [] : place[..hash].Split('/');
        return
            parts.Length >= 2
            && parts.All(part => VaultPart().IsMatch(part) && part is not ("." or ".."))
            && hash < place.Length - 1
            ? new VaultSecret(parts[0], string.Join('/', parts[1..]), place[(hash + 1)..])
            : null;
    }

    private static AzureSecret? ReadAzure(string place) =>
        place.Split('/') switch
        {
            [var vault, var name] when AzureVault().IsMatch(vault) && AzureName().IsMatch(name) => new(
                vault,
                name,
                null
            ),
            [var vault, var name, var version]
                when AzureVault().IsMatch(vault) && AzureName().IsMatch(name) && AzureVersion().IsMatch(version) => new(
                vault,
                name,
                version
            ),
            _ => null,
        };

    private static AwsSecret? ReadAws(string place)
    {
        var match = AwsPlace().Match(place);
        if (!match.Success)
            return null;
        var (region, id, key) = (match.Groups["region"].Value, match.Groups["id"].Value, match.Groups["key"]);
        var arn = AwsArn().Match(id);
        return AwsName().IsMatch(id) || (arn.Success && arn.Groups["region"].Value == region)
            ? new AwsSecret(region, id, key.Success ? key.Value : null)
            : null;
    }

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex VariableName();

    /// <summary>systemd.exec(5): a file name; dots alone would lead out of the folder.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9_-][A-Za-z0-9_.@-]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex CredentialName();

    [GeneratedRegex(@"\A[^/\\?#%\s]+\z", RegexOptions.NonBacktracking)]
    private static partial Regex VaultPart();

    [GeneratedRegex(@"\A[A-Za-z][A-Za-z0-9-]{1,22}[A-Za-z0-9]\z", RegexOptions.NonBacktracking)]
    private static partial Regex AzureVault();

    [GeneratedRegex(@"\A[A-Za-z0-9-]{1,127}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AzureName();

    [GeneratedRegex(@"\A[0-9a-fA-F]{32}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AzureVersion();

    [GeneratedRegex(
        @"\A(?<region>[a-z]{2,4}(?:-[a-z]+)+-[0-9]{1,2})/(?<id>[^#]+)(?:#(?<key>.+))?\z",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex AwsPlace();

    /// <summary>CreateSecret: letters, digits and /_+=.@- up to 512.</summary>
    [GeneratedRegex(@"\A[A-Za-z0-9/_+=.@-]{1,512}\z", RegexOptions.NonBacktracking)]
    private static partial Regex AwsName();

    [GeneratedRegex(
        @"\Aarn:aws(?:-[a-z-]+)?:secretsmanager:(?<region>[a-z0-9-]+):[0-9]{12}:secret:[A-Za-z0-9/_+=.@-]{1,519}\z",
        RegexOptions.NonBacktracking
    )]
    private static partial Regex AwsArn();
}
