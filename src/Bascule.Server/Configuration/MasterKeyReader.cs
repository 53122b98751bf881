using Bascule.Connectors.Secrets;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;
using Bascule.Server.Sealing;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>master_key</c>: where the key is that seals what Bascule keeps.</summary>
internal static class MasterKeyReader
{
    private const string Key = "master_key";

    public static MasterKeyPlace Read(SettingReader top, ConnectionHost host, string data, SecretsOptions sources)
    {
        var usual = new MasterKeyFile(Path.Combine(data, "master.key"));
        if (top.Find(Key) is null || top.RequiredText(Key, "write where the key is, or remove it") is not { } text)
            return usual;
        if (WrappingKey.Parse(text) is { } by)
        {
            if (KeyWraps.Fault(sources, by) is { } unreadable)
                top.Refuse(Key, unreadable.Message, unreadable.Remedy);
            return new MasterKeyWrapped(Path.Combine(data, "master.key.wrapped"), by, usual.Path);
        }
        if (
            !SecretReference.TryParse(text, host.Resolve, out var reference, out var fault)
            && fault.Message == "holds a value"
        )
            top.Refuse(Key, "names no place of a key", Remedy);
        else if (fault is not null)
            top.Refuse(Key, fault.Message, fault.Remedy);
        else if (!reference!.IsLocal)
            top.Refuse(Key, $"is in {reference.Scheme}, which holds texts and no keys", Remedy);
        return reference switch
        {
            FileSecret file => new MasterKeyFile(file.Path),
            { IsLocal: true } given => new MasterKeyGiven(given),
            _ => usual,
        };
    }

    private const string Remedy =
        "write \"file:/path\", \"env:NAME\", \"credential:NAME\", \"vault-transit:MOUNT/KEY\" or \"azure-key:VAULT/KEY\"";
}
