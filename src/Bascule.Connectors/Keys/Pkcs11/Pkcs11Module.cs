using System.Runtime.InteropServices;
using Bascule.Core;

namespace Bascule.Connectors.Keys.Pkcs11;

/// <summary>
/// The few calls of a PKCS #11 module (v2.40) that signing takes. Used on one thread only. The layout is that of 64-bit Linux, where CK_ULONG has 8 bytes
/// and structures are not packed.
/// </summary>
internal sealed unsafe class Pkcs11Module
{
    private const int FirstFunction = 8;
    private const nuint OsLocking = 2;
    private const nuint SerialSession = 4;
    private const nuint User = 1;
    private const int MaxSlots = 256;
    private const int MaxObjects = 16;
    private const int LabelBytes = 32;
    private const int TokenInfoBytes = 512;
    private readonly byte* _functions;

    private Pkcs11Module(byte* functions) => _functions = functions;

    /// <summary>Loads the library and initialises it. Never unloaded: modules do not survive that well.</summary>
    public static Result<Pkcs11Module> Load(string path)
    {
        if (!NativeLibrary.TryLoad(path, out var library))
            return Problem.Unavailable(
                $"{Pkcs11Options.Subject}.module: '{path}' cannot be loaded; name the vendor's library for this machine, readable for Bascule, with the libraries that it needs (ldd {path})"
            );
        if (!NativeLibrary.TryGetExport(library, "C_GetFunctionList", out var entry))
            return NoModule(path, "it has no C_GetFunctionList");
        var list = stackalloc byte*[1];
        var code = (uint)((delegate* unmanaged[Cdecl]<byte**, nuint>)entry)(list);
        var functions = list[0];
        if (code != Pkcs11Code.Ok || functions is null)
            return NoModule(path, "it gives no list of functions");
        if (functions[0] is not (2 or 3))
            return NoModule(path, $"it is of version {functions[0]}.{functions[1]}, not 2 or 3");
        var module = new Pkcs11Module(functions);
        var initialized = module.Initialize();
        return initialized is Pkcs11Code.Ok or Pkcs11Code.AlreadyInitialized
            ? module
            : Pkcs11Code.Refuse(initialized, "C_Initialize");
    }

    /// <summary>Slots with a token in them, with the token's label.</summary>
    public IReadOnlyList<(nuint Slot, string Label)> ReadTokens()
    {
        var slots = stackalloc nuint[MaxSlots];
        nuint count = MaxSlots;
        Check(((delegate* unmanaged[Cdecl]<byte, nuint*, nuint*, nuint>)At(4))(1, slots, &count), "C_GetSlotList");
        var found = new List<(nuint, string)>();
        var info = stackalloc byte[TokenInfoBytes];
        for (var i = 0; i < (int)count; i++)
        {
            Check(((delegate* unmanaged[Cdecl]<nuint, byte*, nuint>)At(6))(slots[i], info), "C_GetTokenInfo");
            // CK_TOKEN_INFO begins with the label, padded with blanks.
            found.Add((slots[i], System.Text.Encoding.UTF8.GetString(info, LabelBytes).TrimEnd(' ', '\0')));
        }
        return found;
    }

    public nuint OpenSession(nuint slot)
    {
        nuint session = 0;
        Check(
            ((delegate* unmanaged[Cdecl]<nuint, nuint, void*, void*, nuint*, nuint>)At(12))(
                slot,
                SerialSession,
                null,
                null,
                &session
            ),
            "C_OpenSession"
        );
        return session;
    }

    public void CloseSession(nuint session) => _ = ((delegate* unmanaged[Cdecl]<nuint, nuint>)At(13))(session);

    public void Login(nuint session, ReadOnlySpan<byte> pin)
    {
        fixed (byte* start = pin)
        {
            var code = ((delegate* unmanaged[Cdecl]<nuint, nuint, byte*, nuint, nuint>)At(18))(
                session,
                User,
                start,
                (nuint)pin.Length
            );
            if ((uint)code != Pkcs11Code.UserAlreadyLoggedIn)
                Check(code, "C_Login");
        }
    }

    /// <param name="template">What every one of them has.</param>
    public IReadOnlyList<nuint> Find(nuint session, params ReadOnlySpan<(nuint Type, byte[] Value)> template)
    {
        var pins = new List<GCHandle>();
        var attributes = stackalloc Item[template.Length];
        try
        {
            for (var i = 0; i < template.Length; i++)
            {
                pins.Add(GCHandle.Alloc(template[i].Value, GCHandleType.Pinned));
                attributes[i] = new Item
                {
                    Type = template[i].Type,
                    Value = (byte*)pins[^1].AddrOfPinnedObject(),
                    Length = (nuint)template[i].Value.Length,
                };
            }
            Check(
                ((delegate* unmanaged[Cdecl]<nuint, Item*, nuint, nuint>)At(26))(
                    session,
                    attributes,
                    (nuint)template.Length
                ),
                "C_FindObjectsInit"
            );
            var found = stackalloc nuint[MaxObjects];
            nuint count = 0;
            var code = ((delegate* unmanaged[Cdecl]<nuint, nuint*, nuint, nuint*, nuint>)At(27))(
                session,
                found,
                MaxObjects,
                &count
            );
            _ = ((delegate* unmanaged[Cdecl]<nuint, nuint>)At(28))(session);
            Check(code, "C_FindObjects");
            return new ReadOnlySpan<nuint>(found, (int)Math.Min(count, MaxObjects)).ToArray();
        }
        finally
        {
            pins.ForEach(pin => pin.Free());
        }
    }

    /// <summary>Empty when the object has no such attribute.</summary>
    public byte[] Read(nuint session, nuint item, nuint type)
    {
        const int most = 4096;
        var value = new byte[most];
        fixed (byte* start = value)
        {
            var attribute = new Item
            {
                Type = type,
                Value = start,
                Length = most,
            };
            var code = ((delegate* unmanaged[Cdecl]<nuint, nuint, Item*, nuint, nuint>)At(24))(
                session,
                item,
                &attribute,
                1
            );
            return (uint)code == Pkcs11Code.Ok && attribute.Length <= most ? value[..(int)attribute.Length] : [];
        }
    }

    /// <summary>By CKM_ECDSA: the digest itself is signed.</summary>
    /// <returns>r and s.</returns>
    public byte[] Sign(nuint session, nuint key, ReadOnlySpan<byte> digest)
    {
        const nuint ecdsa = 0x1041;
        var mechanism = new Mechanism { Type = ecdsa };
        Check(
            ((delegate* unmanaged[Cdecl]<nuint, Mechanism*, nuint, nuint>)At(42))(session, &mechanism, key),
            "C_SignInit"
        );
        var signature = new byte[512];
        var length = (nuint)signature.Length;
        fixed (byte* input = digest)
        fixed (byte* output = signature)
            Check(
                ((delegate* unmanaged[Cdecl]<nuint, byte*, nuint, byte*, nuint*, nuint>)At(43))(
                    session,
                    input,
                    (nuint)digest.Length,
                    output,
                    &length
                ),
                "C_Sign"
            );
        return signature[..(int)Math.Min(length, (nuint)signature.Length)];
    }

    private uint Initialize()
    {
        // CK_C_INITIALIZE_ARGS: four mutex functions and a reserved pointer, all absent; the module locks by itself.
        var arguments = stackalloc nuint[6];
        new Span<nuint>(arguments, 6).Clear();
        arguments[4] = OsLocking;
        return (uint)((delegate* unmanaged[Cdecl]<nuint*, nuint>)At(0))(arguments);
    }

    /// <summary>By its place in CK_FUNCTION_LIST, which is the same in every version.</summary>
    private void* At(int index)
    {
        var function = *(void**)(_functions + FirstFunction + (index * sizeof(void*)));
        return function is null
            ? throw new Pkcs11Exception(
                Problem.Unavailable(
                    $"{Pkcs11Options.Subject}.module: it lacks a function that signing takes; use another module"
                )
            )
            : function;
    }

    private static void Check(nuint code, string doing)
    {
        if ((uint)code != Pkcs11Code.Ok)
            throw new Pkcs11Exception(Pkcs11Code.Refuse((uint)code, doing));
    }

    private static Problem NoModule(string path, string because) =>
        Problem.Invalid(
            $"{Pkcs11Options.Subject}.module: '{path}' is no PKCS #11 module: {because}; name the vendor's library"
        );

    /// <summary>CK_ATTRIBUTE.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Item
    {
        public nuint Type;
        public byte* Value;
        public nuint Length;
    }

    /// <summary>CK_MECHANISM.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Mechanism
    {
        public nuint Type;
        public void* Parameter;
        public nuint Length;
    }
}
