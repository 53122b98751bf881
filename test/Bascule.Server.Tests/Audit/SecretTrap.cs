using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace Bascule.Server.Tests.Audit;

/// <summary>Takes every secret of a story, and finds them where they must not be.</summary>
internal sealed class SecretTrap
{
    private readonly Dictionary<string, string> _secrets = [];

    public IReadOnlyCollection<string> Kinds => [.. _secrets.Values.Distinct()];

    public T Take<T>(string kind, T secret)
        where T : notnull
    {
        _secrets[secret.ToString()!] = kind;
        return secret;
    }

    /// <summary>As it is, and as a digest that anybody who guesses the secret can compute.</summary>
    public IEnumerable<string> FindIn(JsonObject entry)
    {
        var text = entry.ToJsonString();
        foreach (var (secret, kind) in _secrets)
        foreach (var form in Forms(secret))
            if (text.Contains(form, StringComparison.OrdinalIgnoreCase))
                yield return $"{kind} in {text}";
    }

    /// <summary>What <see cref="Search"/> found.</summary>
    public List<string> Leaks { get; } = [];

    /// <summary>Looks through everything that a part of the story wrote to disk, before it is deleted.</summary>
    public void Search(string folder)
    {
        var files = Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories);
        foreach (var file in files.Where(file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            var bytes = ReadShared(file);
            foreach (var (secret, kind) in _secrets)
                if (bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(secret)) >= 0)
                    Leaks.Add($"{kind} in {Path.GetFileName(file)}");
        }
    }

    /// <summary>Also what the server holds a lock on.</summary>
    private static byte[] ReadShared(string file)
    {
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        return bytes;
    }

    private static IEnumerable<string> Forms(string secret)
    {
        var bytes = Encoding.UTF8.GetBytes(secret);
        yield return secret;
        yield return Convert.ToBase64String(bytes).TrimEnd('=');
        foreach (var digest in (byte[][])[SHA256.HashData(bytes), SHA512.HashData(bytes)])
        {
            yield return Convert.ToHexStringLower(digest);
            yield return Convert.ToBase64String(digest).TrimEnd('=');
        }
    }
}
