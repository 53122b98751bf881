using System.Reflection;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Bascule.Core.Signatures;

/// <summary>What Ed25519 needs of libcrypto, from the library that .NET's own cryptography uses.</summary>
internal static partial class OpenSsl
{
    private const string Library = "libcrypto";
    private const string LibraryFile = "libcrypto.so";
    private const int Ed25519 = 1087;

    static OpenSsl() => NativeLibrary.SetDllImportResolver(typeof(OpenSsl).Assembly, Resolve);

    public static OpenSslKeyHandle PrivateKey(ReadOnlySpan<byte> seed) =>
        Checked(NewPrivateKey(Ed25519, 0, seed, (nuint)seed.Length));

    public static OpenSslKeyHandle PublicKey(ReadOnlySpan<byte> key) =>
        Checked(NewPublicKey(Ed25519, 0, key, (nuint)key.Length));

    public static byte[] PublicKeyOf(OpenSslKeyHandle key)
    {
        var bytes = new byte[Ed25519Key.PublicLength];
        var length = (nuint)bytes.Length;
        return GetPublicKey(key, bytes, ref length) == 1 && length == (nuint)bytes.Length ? bytes : throw Failure();
    }

    public static byte[] Sign(OpenSslKeyHandle key, ReadOnlySpan<byte> message)
    {
        using var context = NewContext();
        var signature = new byte[Ed25519Key.SignatureLength];
        var length = (nuint)signature.Length;
        if (SignInit(context, 0, 0, 0, key) != 1)
            throw Failure();
        return Sign(context, signature, ref length, message, (nuint)message.Length) == 1 ? signature : throw Failure();
    }

    /// <summary>Zero and negative answers both mean no.</summary>
    public static bool Verify(OpenSslKeyHandle key, ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var context = NewContext();
        if (VerifyInit(context, 0, 0, 0, key) != 1)
            throw Failure();
        var isGood = Verify(context, signature, (nuint)signature.Length, message, (nuint)message.Length) == 1;
        if (!isGood)
            ClearErrors();
        return isGood;
    }

    private static OpenSslKeyHandle Checked(OpenSslKeyHandle key) => key.IsInvalid ? throw Failure() : key;

    private static CryptographicException Failure()
    {
        ClearErrors();
        return new CryptographicException("OpenSSL refused an Ed25519 key or could not use it");
    }

    /// <summary>.NET takes another version where this variable says so; two versions in one process would not share their state.</summary>
    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
            return 0;
        var version = Environment.GetEnvironmentVariable("CLR_OPENSSL_VERSION_OVERRIDE");
        return NativeLibrary.Load($"{LibraryFile}.{(string.IsNullOrEmpty(version) ? "3" : version)}");
    }

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_private_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial OpenSslKeyHandle NewPrivateKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_new_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial OpenSslKeyHandle NewPublicKey(int type, nint engine, ReadOnlySpan<byte> key, nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_get_raw_public_key")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetPublicKey(OpenSslKeyHandle key, Span<byte> bytes, ref nuint length);

    [LibraryImport(Library, EntryPoint = "EVP_PKEY_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void FreeKey(nint key);

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_new")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial OpenSslContextHandle NewContext();

    [LibraryImport(Library, EntryPoint = "EVP_MD_CTX_free")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    internal static partial void FreeContext(nint context);

    [LibraryImport(Library, EntryPoint = "EVP_DigestSignInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SignInit(
        OpenSslContextHandle context,
        nint keyContext,
        nint digest,
        nint engine,
        OpenSslKeyHandle key
    );

    [LibraryImport(Library, EntryPoint = "EVP_DigestSign")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Sign(
        OpenSslContextHandle context,
        Span<byte> signature,
        ref nuint signatureLength,
        ReadOnlySpan<byte> message,
        nuint messageLength
    );

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerifyInit")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int VerifyInit(
        OpenSslContextHandle context,
        nint keyContext,
        nint digest,
        nint engine,
        OpenSslKeyHandle key
    );

    [LibraryImport(Library, EntryPoint = "EVP_DigestVerify")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Verify(
        OpenSslContextHandle context,
        ReadOnlySpan<byte> signature,
        nuint signatureLength,
        ReadOnlySpan<byte> message,
        nuint messageLength
    );

    [LibraryImport(Library, EntryPoint = "ERR_clear_error")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial void ClearErrors();
}

internal sealed class OpenSslKeyHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeKey(handle);
        return true;
    }
}

internal sealed class OpenSslContextHandle() : SafeHandle(0, ownsHandle: true)
{
    public override bool IsInvalid => handle == 0;

    protected override bool ReleaseHandle()
    {
        OpenSsl.FreeContext(handle);
        return true;
    }
}
