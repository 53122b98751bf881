using Bascule.Core;
using Bascule.Core.Secrets;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>A token (a smart card, an HSM, or software that behaves like one) and how it is opened.</summary>
public sealed record Pkcs11Options
{
    public const string Subject = "provenance.pkcs11";

    /// <summary>The vendor's library.</summary>
    public required string Module { get; init; }

    /// <summary>The token's label; null when the module has exactly one.</summary>
    public string? Token { get; init; }

    public required Secret Pin { get; init; }

    /// <summary>Null when something is wrong; all of it is in the reader then.</summary>
    public static Pkcs11Options? Read(SettingReader settings, ConnectionHost host)
    {
        var module = settings.RequiredText(
            "module",
            "write module: the path of the vendor's library, e.g. /usr/lib/softhsm/libsofthsm2.so"
        );
        var token = settings.Find("token") is null
            ? null
            : settings.RequiredText("token", "write token: the token's label, or remove it");
        var pin = settings.RequiredSecret("pin", host);
        settings.RefuseOthers();
        return module is null || pin is null
            ? null
            : new Pkcs11Options
            {
                Module = host.Resolve(module),
                Token = token,
                Pin = pin,
            };
    }
}
