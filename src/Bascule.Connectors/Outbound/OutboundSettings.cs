using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Outbound;

/// <summary>The settings that every connection over HTTP has.</summary>
public static class OutboundSettings
{
    /// <summary>A required address; see <see cref="OutboundUrl"/>.</summary>
    public static Uri? RequiredUrl(this SettingReader settings, string key, string example)
    {
        if (settings.RequiredText(key, $"write {key}: \"{example}\"") is not { } text)
            return null;
        var url = OutboundUrl.Read(text);
        if (!url.Failed(out var problem))
            return url.Value;
        settings.Refuse(key, problem.Message, $"write an address like {example}");
        return null;
    }

    /// <summary>The absolute path of an optional PEM file of trusted roots; null when it is absent, or named and unusable (then the reader says so).</summary>
    public static string? CaFile(this SettingReader settings, string key, ConnectionHost host)
    {
        if (settings.Find(key) is null || settings.RequiredText(key, "name your CA's PEM file") is not { } text)
            return null;
        var path = host.Resolve(text);
        if (HasCertificates(path))
            return path;
        settings.Refuse(key, $"names '{path}', which holds no readable PEM certificate", "name your CA's PEM file");
        return null;
    }

    private static bool HasCertificates(string path)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPemFile(path);
            return found.Count > 0;
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return false;
        }
    }
}
