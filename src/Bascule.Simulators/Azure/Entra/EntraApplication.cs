using System.Collections.Immutable;

namespace Bascule.Simulators.Azure.Entra;

/// <summary>An application of the tenant, and who may become it.</summary>
public sealed class EntraApplication
{
    /// <summary>Of an application or of an identity that an administrator assigned.</summary>
    public const int MostCredentials = 20;
    private ImmutableList<FederatedCredential> _credentials = [];

    internal EntraApplication() { }

    public string ClientId { get; } = Guid.NewGuid().ToString();

    /// <summary>Of its service principal: who acts, in the words of Azure Resource Manager.</summary>
    public string ObjectId { get; } = Guid.NewGuid().ToString();

    public IReadOnlyList<FederatedCredential> Credentials => _credentials;

    /// <exception cref="ArgumentException">There are twenty, or one of its name, or one of its issuer and subject.</exception>
    public void Trust(FederatedCredential credential)
    {
        if (_credentials.Count >= MostCredentials)
            throw new ArgumentException(
                $"an application has at most {MostCredentials} federated credentials",
                nameof(credential)
            );
        if (_credentials.Exists(kept => kept.Name == credential.Name))
            throw new ArgumentException(
                $"a federated credential is named '{credential.Name}' already",
                nameof(credential)
            );
        if (_credentials.Exists(kept => (kept.Issuer, kept.Subject) == (credential.Issuer, credential.Subject)))
            throw new ArgumentException(
                "issuer and subject of a federated credential are unique in its application",
                nameof(credential)
            );
        _credentials = _credentials.Add(credential);
    }

    public void Distrust(string name) => _credentials = _credentials.RemoveAll(kept => kept.Name == name);
}
