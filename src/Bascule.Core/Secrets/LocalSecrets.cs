using System.Diagnostics.CodeAnalysis;

namespace Bascule.Core.Secrets;

/// <summary>Reads secrets that are on this machine: files, the environment, systemd's credentials.</summary>
public static class LocalSecrets
{
    private const string CredentialFolder = "CREDENTIALS_DIRECTORY";
    private const int MaxBytes = 64 * 1024;

    /// <summary>White space around a secret is removed: editors end files with a line break.</summary>
    public static bool TryRead(
        SecretReference reference,
        [NotNullWhen(true)] out Secret? secret,
        [NotNullWhen(false)] out SecretFault? fault
    )
    {
        (secret, fault) = reference switch
        {
            FileSecret file => ReadFile(file.Path),
            EnvironmentSecret variable => ReadVariable(variable.Name),
            SystemdSecret credential => ReadCredential(credential.Name),
            _ => throw new InvalidOperationException($"{reference.Scheme}: is not on this machine"),
        };
        return secret is not null;
    }

    private static (Secret?, SecretFault?) ReadFile(string path)
    {
        try
        {
            return
                new FileInfo(path).Length <= MaxBytes
                && new Secret(File.ReadAllText(path).Trim()) is { IsEmpty: false } secret
                ? (secret, null)
                : Fault($"names '{path}', which is empty or too large", "write the secret into it, alone");
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Fault($"names '{path}', which cannot be read", "create it, readable for Bascule's user only");
        }
    }

    private static (Secret?, SecretFault?) ReadVariable(string name) =>
        new Secret(Environment.GetEnvironmentVariable(name)?.Trim() ?? "") is { IsEmpty: false } secret
            ? (secret, null)
            : Fault(
                $"names the environment variable '{name}', which is not set or empty",
                "set it where Bascule is started"
            );

    private static (Secret?, SecretFault?) ReadCredential(string name) =>
        Environment.GetEnvironmentVariable(CredentialFolder) is { Length: > 0 } folder
            ? ReadFile(Path.Combine(folder, name))
            : Fault(
                $"names the systemd credential '{name}', and systemd handed none over",
                $"write LoadCredential={name}:/path into Bascule's unit"
            );

    private static (Secret?, SecretFault?) Fault(string message, string remedy) =>
        (null, new SecretFault(message, remedy));
}
