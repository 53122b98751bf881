using System.Security.Cryptography;
using System.Text;
using Bascule.Core;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>One token: opened, used and closed for each signature, so that a token that was taken out and put back works again.</summary>
internal sealed class Pkcs11Token(Pkcs11Options options)
{
    private const nuint AttributeClass = 0x000;
    private const nuint AttributeLabel = 0x003;
    private const nuint AttributeKeyType = 0x100;
    private const nuint AttributeId = 0x102;
    private const nuint AttributeEcPoint = 0x181;
    private const byte PublicKey = 2;
    private const byte PrivateKey = 3;
    private const byte EllipticCurve = 3;
    private const int PointBytes = 65;
    private Pkcs11Module? _module;
    private string? _refusedPin;

    /// <returns>The key's id in the token (CKA_ID), and its public half.</returns>
    public Result<(byte[] Id, VerificationKey Key)> Find(string label, byte[]? id) =>
        InSession<(byte[] Id, VerificationKey Key)>(session =>
        {
            var module = _module!;
            var found = FindKey(session, label, id);
            if (found.Failed(out var problem))
                return problem;
            var own = module.Read(session, found.Value, AttributeId);
            var halves = module.Find(session, (AttributeClass, Number(PublicKey)), (AttributeId, own));
            // Ids should be one pair's alone; where they are not, the label tells.
            if (halves.Count > 1)
                halves = module.Find(
                    session,
                    (AttributeClass, Number(PublicKey)),
                    (AttributeId, own),
                    (AttributeLabel, Encoding.UTF8.GetBytes(label))
                );
            var point = halves is [var half] ? module.Read(session, half, AttributeEcPoint) : [];
            // An OCTET STRING around 04 || x || y; some modules leave the wrapping out.
            var bare = point.Length >= PointBytes ? point.AsSpan()[^PointBytes..] : [];
            if (own.Length == 0 || bare is not [4, ..])
                return Problem.NotFound(
                    $"{Pkcs11Options.Subject}: key '{label}' has no public half of the curve P-256 beside it under the same id; make the pair anew: pkcs11-tool --keypairgen --key-type EC:prime256v1 --id 01 --label {label}"
                );
            var key = VerificationKey.FromPoint(bare[1..33], bare[33..]);
            return key.Failed(out var unusable) ? unusable : Result.Of((own, key.Value));
        });

    /// <returns>r and s.</returns>
    public Result<byte[]> Sign(string label, byte[] id, ReadOnlyMemory<byte> digest) =>
        InSession<byte[]>(session =>
        {
            var found = FindKey(session, label, id);
            return found.Failed(out var problem) ? problem : _module!.Sign(session, found.Value, digest.Span);
        });

    private Result<nuint> FindKey(nuint session, string label, byte[]? id)
    {
        var found = id is null
            ? _module!.Find(
                session,
                (AttributeClass, Number(PrivateKey)),
                (AttributeKeyType, Number(EllipticCurve)),
                (AttributeLabel, Encoding.UTF8.GetBytes(label))
            )
            : _module!.Find(
                session,
                (AttributeClass, Number(PrivateKey)),
                (AttributeKeyType, Number(EllipticCurve)),
                (AttributeLabel, Encoding.UTF8.GetBytes(label)),
                (AttributeId, id)
            );
        return found.Count switch
        {
            1 => found[0],
            0 => Problem.NotFound(
                $"{Pkcs11Options.Subject}: the token holds no private EC key '{label}'{(id is null ? "" : $" of id {Convert.ToHexStringLower(id)}")}; list what it holds: pkcs11-tool --module {options.Module} -l -O"
            ),
            _ => Problem.Conflict(
                $"{Pkcs11Options.Subject}: the token holds several keys '{label}'; say which: key: \"pkcs11:{label}/<id in hexadecimal>\""
            ),
        };
    }

    private Result<T> InSession<T>(Func<nuint, Result<T>> use)
    {
        if (_module is null)
        {
            var loaded = Pkcs11Module.Load(options.Module);
            if (loaded.Failed(out var problem))
                return problem;
            _module = loaded.Value;
        }
        var slot = FindSlot();
        if (slot.Failed(out var none))
            return none;
        var session = _module.OpenSession(slot.Value);
        try
        {
            Login(session);
            return use(session);
        }
        finally
        {
            _module.CloseSession(session);
        }
    }

    private Result<nuint> FindSlot()
    {
        var tokens = _module!.ReadTokens();
        var fitting = tokens
            .Where(one => options.Token is null ? one.Label.Length > 0 : one.Label == options.Token)
            .ToList();
        return fitting switch
        {
            [var only] => only.Slot,
            [] => Problem.Unavailable(
                $"{Pkcs11Options.Subject}: there is no token{(options.Token is null ? "" : $" '{options.Token}'")}; there are: {Names(tokens)}"
            ),
            _ => Problem.Invalid(
                $"{Pkcs11Options.Subject}: there are several tokens; write token: one of {Names(tokens)}"
            ),
        };
    }

    /// <summary>A PIN that was refused is not tried again: after a few the token would be locked for everybody.</summary>
    private void Login(nuint session)
    {
        var pin = options.Pin.Reveal();
        if (pin == _refusedPin)
            throw new Pkcs11Exception(Pkcs11Code.Refuse(Pkcs11Code.PinIncorrect, "C_Login"));
        var bytes = Encoding.UTF8.GetBytes(pin);
        try
        {
            _module!.Login(session, bytes);
        }
        catch (Pkcs11Exception refused) when (refused.Problem.Code == ProblemCode.Denied)
        {
            _refusedPin = pin;
            options.Pin.Doubt();
            throw;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private static string Names(IReadOnlyList<(nuint Slot, string Label)> tokens)
    {
        var names = string.Join(", ", tokens.Where(one => one.Label.Length > 0).Select(one => $"'{one.Label}'"));
        return names.Length == 0 ? "none" : names;
    }

    /// <summary>A CK_ULONG.</summary>
    private static byte[] Number(byte value) => [value, 0, 0, 0, 0, 0, 0, 0];
}
