namespace Bascule.Core.Secrets;

/// <summary>Where a secret is. Secrets are never written in a settings file: <c>file:/run/secrets/gitea</c> says where one is.</summary>
public abstract partial record SecretReference
{
    /// <summary>As a settings file may say it, for messages.</summary>
    public const string Forms =
        "\"file:/path\", \"env:NAME\", \"credential:NAME\", \"vault:MOUNT/PATH#FIELD\", \"azure-keyvault:VAULT/SECRET\" or \"aws-secretsmanager:REGION/NAME\"";

    private protected SecretReference() { }

    /// <summary>The word before the colon.</summary>
    public abstract string Scheme { get; }

    /// <summary>Whether it is on this machine, so that reading it calls nobody.</summary>
    public virtual bool IsLocal => false;

    /// <summary>Names the source and the place there; never what is in it.</summary>
    public sealed override string ToString() => $"{Scheme}:{Place}";

    private protected abstract string Place { get; }
}

/// <param name="Path">Absolute.</param>
public sealed record FileSecret(string Path) : SecretReference
{
    public override string Scheme => "file";

    public override bool IsLocal => true;

    private protected override string Place => Path;
}

/// <summary>A variable of the environment that Bascule was started with.</summary>
public sealed record EnvironmentSecret(string Name) : SecretReference
{
    public override string Scheme => "env";

    public override bool IsLocal => true;

    private protected override string Place => Name;
}

/// <summary>A credential that systemd hands over in <c>$CREDENTIALS_DIRECTORY</c>: LoadCredential=, LoadCredentialEncrypted= and their kin.</summary>
public sealed record SystemdSecret(string Name) : SecretReference
{
    public override string Scheme => "credential";

    public override bool IsLocal => true;

    private protected override string Place => Name;
}

/// <summary>A field of a secret in a KV engine, version 2, of HashiCorp Vault or OpenBao.</summary>
/// <param name="Mount">Where the engine is mounted: the first part of the path.</param>
/// <param name="Path">Inside the mount, with slashes and without <c>data/</c>.</param>
public sealed record VaultSecret(string Mount, string Path, string Field) : SecretReference
{
    public override string Scheme => "vault";

    private protected override string Place => $"{Mount}/{Path}#{Field}";
}

/// <param name="Version">Null for the current one.</param>
public sealed record AzureSecret(string Vault, string Name, string? Version) : SecretReference
{
    public override string Scheme => "azure-keyvault";

    private protected override string Place => Version is null ? $"{Vault}/{Name}" : $"{Vault}/{Name}/{Version}";
}

/// <param name="Id">A name, or an ARN of the same region.</param>
/// <param name="JsonKey">Which member of a secret that is a JSON object; null for the whole text.</param>
public sealed record AwsSecret(string Region, string Id, string? JsonKey) : SecretReference
{
    public override string Scheme => "aws-secretsmanager";

    private protected override string Place => JsonKey is null ? $"{Region}/{Id}" : $"{Region}/{Id}#{JsonKey}";
}
