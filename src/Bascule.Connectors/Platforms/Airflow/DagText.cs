using System.Security.Cryptography;
using System.Text;

namespace Bascule.Connectors.Platforms.Airflow;

/// <summary>A DAG file as Airflow keeps it: read as text, in which every line ends alike.</summary>
internal static class DagText
{
    /// <summary>SHA-256, 64 lower-case hex digits.</summary>
    public static string DigestOf(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ReplaceLineEndings("\n"))));
}
