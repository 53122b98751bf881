using Bascule.Connectors.Keys;
using Bascule.Connectors.Keys.Pkcs11;
using Bascule.Connectors.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Server.Configuration;

/// <summary>Reads <c>provenance</c>: by which key statements are signed.</summary>
internal static class ProvenanceReader
{
    private const string Remedy = "write \"local\", \"pkcs11:LABEL\", \"pkcs11:LABEL/ID\" or \"azure-key:VAULT/NAME\"";

    public static ProvenanceSettings Read(SettingReader top, ConnectionHost host, SecretsOptions sources)
    {
        if (top.Map("provenance") is not { } settings)
            return ProvenanceSettings.Default;
        var key = ReadKey(settings, sources);
        var token = settings.Map("pkcs11") is { } map ? Pkcs11Options.Read(map, host) : null;
        if (key?.Scheme == KeyName.Pkcs11 && settings.Find("pkcs11") is null)
            settings.Refuse(
                "pkcs11",
                "is missing",
                "write pkcs11: { module: PATH, token: LABEL, pin: \"file:/run/secrets/pin\" }"
            );
        var overlap = KeepingReader.ReadDays(settings, "overlap", ProvenanceSettings.Default.Overlap);
        if (!settings.Keys.Any())
            settings.Refuse("", "is empty", "write key: local, or remove it");
        settings.RefuseOthers();
        return new ProvenanceSettings
        {
            Key = key,
            Token = token,
            Overlap = overlap,
        };
    }

    private static KeyName? ReadKey(SettingReader settings, SecretsOptions sources)
    {
        if (settings.Find("key") is null || settings.RequiredText("key", Remedy) is not { } text || text == "local")
            return null;
        if (KeyName.Parse(text) is not { Version: null } name)
        {
            settings.Refuse("key", $"'{text}' names no place of a key that signs", Remedy);
            return null;
        }
        if (SigningKeyPlaces.Fault(sources, name) is { } fault)
            settings.Refuse("key", fault.Message, fault.Remedy);
        return name;
    }
}
