using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Secrets;

/// <summary>Where secrets and keys are that are not on this machine, and how Bascule logs in there.</summary>
public sealed record SecretsOptions
{
    private const int MinutesOfADay = 24 * 60;

    public static readonly SecretsOptions None = new();

    /// <summary>How often every secret is read again, in case that it was rotated.</summary>
    public TimeSpan RefreshEvery { get; init; } = TimeSpan.FromMinutes(15);

    internal VaultOptions? Vault { get; init; }

    internal AzureOptions? Azure { get; init; }

    internal AwsOptions? Aws { get; init; }

    /// <summary>Reads <c>secrets</c>; what is wrong is in the reader.</summary>
    public static SecretsOptions Read(SettingReader top, ConnectionHost host)
    {
        if (top.Map("secrets") is not { } settings)
            return None;
        var minutes = settings.Number("refresh_minutes", 1, MinutesOfADay);
        var options = new SecretsOptions
        {
            Vault = settings.Map("vault") is { } vault ? VaultOptions.Read(vault, host) : null,
            Azure = settings.Map("azure") is { } azure ? AzureOptions.Read(azure, host) : null,
            Aws = settings.Map("aws") is { } aws ? AwsOptions.Read(aws, host) : null,
        };
        settings.RefuseOthers();
        return minutes is { } every ? options with { RefreshEvery = TimeSpan.FromMinutes(every) } : options;
    }

    /// <summary>Null when there is no such source; otherwise whether its login needs tokens that Bascule signs itself.</summary>
    public bool? NeedsIssuer(string scheme) =>
        scheme switch
        {
            "vault" => Vault?.NeedsIssuer,
            "azure-keyvault" => Azure?.NeedsIssuer,
            "aws-secretsmanager" => Aws?.NeedsIssuer,
            _ => false,
        };

    /// <summary>What is wrong with a setting that names a source; null when it can be read.</summary>
    public SecretFault? Fault(string scheme, bool opensStorage)
    {
        if (NeedsIssuer(scheme) is not { } needsIssuer)
            return new SecretFault(
                $"is in {scheme}, and {Block(scheme)} is missing",
                $"write {Block(scheme)}: how Bascule finds it and logs in"
            );
        return needsIssuer && opensStorage
            ? new SecretFault(
                $"is needed before the database is open, and the login of {Block(scheme)} needs tokens that Bascule signs with a key in that database",
                "log in there by token_file or by what the machine was given, or keep this one in a file, in the environment or with systemd"
            )
            : null;
    }

    private static string Block(string scheme) =>
        scheme switch
        {
            "vault" => VaultOptions.Subject,
            "azure-keyvault" => AzureOptions.Subject,
            _ => AwsOptions.Subject,
        };
}
