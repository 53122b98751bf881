using Bascule.Core;
using Bascule.Core.Provenance.Keys;

namespace Bascule.Cli.Features;

/// <summary>Public keys from files.</summary>
internal static class KeyFiles
{
    private const int MaxBytes = 1024 * 1024;

    public static Result<IReadOnlyList<VerificationKey>> Read(IEnumerable<string> files)
    {
        List<VerificationKey> keys = [];
        foreach (var file in files)
        {
            var bytes = SmallFile.Read(file, MaxBytes);
            if (bytes.Failed(out var unread))
                return unread;
            var read = VerificationKeys.Read(bytes.Value);
            if (read.Failed(out var problem))
                return problem with { Message = $"'{file}': {problem.Message}" };
            keys.AddRange(read.Value);
        }
        return keys;
    }
}

/// <summary>A file that is not larger than it may be.</summary>
internal static class SmallFile
{
    public static Result<byte[]> Read(string file, int maxBytes)
    {
        try
        {
            if (!File.Exists(file))
                return Problem.NotFound($"there is no file '{file}'");
            using var stream = File.OpenRead(file);
            var bytes = new byte[maxBytes + 1];
            var length = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > maxBytes ? Problem.Exceeded($"'{file}' is larger than {maxBytes} bytes") : bytes[..length];
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            return Problem.Invalid($"'{file}' cannot be read: {problem.Message}");
        }
    }
}
