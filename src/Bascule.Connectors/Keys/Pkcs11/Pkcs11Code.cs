using System.Globalization;
using Bascule.Core;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>What a module answers (PKCS #11 v2.40, section 11.1), and what to do about it.</summary>
internal static class Pkcs11Code
{
    public const uint Ok = 0;
    public const uint UserAlreadyLoggedIn = 0x100;
    public const uint AlreadyInitialized = 0x191;
    public const uint PinIncorrect = 0xA0;

    public static Problem Refuse(uint code, string doing) =>
        code switch
        {
            PinIncorrect or 0xA1 or 0xA2 => Problem.Denied(
                $"{Pkcs11Options.Subject}: the token does not take the PIN; it is not tried again, because tokens lock after a few: correct pin, then restart Bascule"
            ),
            0xA4 => Problem.Denied($"{Pkcs11Options.Subject}: the token's PIN is locked; its administrator unlocks it"),
            0x68 => Problem.Denied(
                $"{Pkcs11Options.Subject}: the key may not sign (CKA_SIGN is not set); name another one"
            ),
            0x70 => Problem.Denied(
                $"{Pkcs11Options.Subject}: the token does not sign by ECDSA (CKM_ECDSA); use another token"
            ),
            0x32 or 0x30 or 0xE0 or 0xE1 => Problem.Unavailable(
                $"{Pkcs11Options.Subject}: the token was removed or does not answer; put it back (code {Hex(code)} to {doing})"
            ),
            _ => Problem.Unavailable(
                $"{Pkcs11Options.Subject}: the module answers {Hex(code)} to {doing}; look the code up in its manual (CKR_…)"
            ),
        };

    private static string Hex(uint code) => string.Create(CultureInfo.InvariantCulture, $"0x{code:X8}");
}
