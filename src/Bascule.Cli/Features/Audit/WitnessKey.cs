using System.Globalization;
using System.Security.Cryptography;
using Bascule.Core;
using Bascule.Core.Audit.Log;

namespace Bascule.Cli.Features.Audit;

/// <summary>A witness's private key in a file of mode 0600, written as Go's note package writes its own: <c>PRIVATE+KEY+name+hash+base64</c>.</summary>
internal static class WitnessKey
{
    private const string Mark = "PRIVATE+KEY+";
    private const int SeedLength = 32;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Reads the key, or makes one where there is no file yet.</summary>
    /// <param name="name">Under which a new one signs.</param>
    public static Result<(NoteSigner Signer, bool IsNew)> OpenOrCreate(string file, string name)
    {
        try
        {
            if (File.Exists(file))
                return Open(file);
            if (!NoteKey.IsName(name))
                return Problem.Invalid(
                    $"'{name}' is no name of a witness: it has no spaces and no '+'; choose another with --name"
                );
            return (Create(file, name), true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return Problem.Unavailable($"'{file}' cannot be read or made: {failure.Message}");
        }
    }

    private static Result<(NoteSigner, bool)> Open(string file)
    {
        if ((File.GetUnixFileMode(file) & ~OwnerOnly) != UnixFileMode.None)
            return Problem.Denied($"'{file}' can be read by other users; run: chmod 600 {file}");
        var text = File.ReadAllText(file).Trim();
        var parts = text.StartsWith(Mark, StringComparison.Ordinal) ? text[Mark.Length..].Split('+', 3) : [];
        Span<byte> material = stackalloc byte[1 + SeedLength];
        if (
            parts is not [var name, var id, var key]
            || !NoteKey.IsName(name)
            || !Convert.TryFromBase64String(key, material, out var length)
            || length != material.Length
            || material[0] != (byte)NoteKeyType.Cosignature
        )
            return Problem.Invalid($"'{file}' is no private key of a witness");
        var signer = new NoteSigner(name, material[1..]);
        return signer.CosignatureKey.Id.ToString("x8", CultureInfo.InvariantCulture) == id
            ? (signer, false)
            : Problem.Invalid($"'{file}' was changed: its hash does not belong to its name and key");
    }

    private static NoteSigner Create(string file, string name)
    {
        Span<byte> material = stackalloc byte[1 + SeedLength];
        RandomNumberGenerator.Fill(material);
        material[0] = (byte)NoteKeyType.Cosignature;
        var signer = new NoteSigner(name, material[1..]);
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
            UnixCreateMode = OwnerOnly,
        };
        using var stream = new FileStream(file, options);
        stream.Write(
            System.Text.Encoding.ASCII.GetBytes(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Mark}{name}+{signer.CosignatureKey.Id:x8}+{Convert.ToBase64String(material)}\n"
                )
            )
        );
        stream.Flush(flushToDisk: true);
        return signer;
    }
}
