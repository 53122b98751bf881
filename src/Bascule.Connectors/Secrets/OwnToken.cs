using Bascule.Core;
using Bascule.Core.Identity;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Secrets;

/// <summary>A signed token by which Bascule proves at a source who it is: one that it issues itself, or one that the machine was given.</summary>
/// <param name="File">Where somebody else puts a token, as Kubernetes does; null for one of Bascule's own.</param>
internal sealed record OwnToken(string Audience, string? File)
{
    /// <summary>Long enough for one exchange.</summary>
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(5);

    public bool NeedsIssuer => File is null;

    public static OwnToken Read(SettingReader login, ConnectionHost host, string audience) =>
        new(
            login.Find("audience") is null ? audience : login.RequiredText("audience", "write it, or remove it") ?? "",
            login.Find("token_file") is null ? null
                : login.RequiredText("token_file", "name the file, or remove it") is { } file ? host.Resolve(file)
                : null
        );

    /// <param name="identity">Null where Bascule's own tokens cannot be had yet.</param>
    public async Task<Result<Secret>> AssertAsync(IRunIdentity? identity, CancellationToken cancellationToken)
    {
        if (File is not null)
            return LocalSecrets.TryRead(new FileSecret(File), out var read, out var fault)
                ? read
                : fault.For("its login");
        return identity is null
            ? throw new InvalidOperationException(
                "a source that needs Bascule's own tokens was asked before they can be signed"
            )
            : await identity.AssertAsync(Audience, Lifetime, cancellationToken);
    }
}
