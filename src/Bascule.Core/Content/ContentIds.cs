using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Content;

/// <summary>Derives content ids: what is the same runs the same, and nothing else gets the same id (ARCHITECTURE 2.3).</summary>
public static class ContentIds
{
    /// <summary>Keeps this hash apart from every other one that we make of a tuple.</summary>
    private const string Domain = "bascule/content/v1";

    /// <param name="treeDigest">See <see cref="IContentTree.TreeDigest"/>.</param>
    /// <param name="workflowJson">The workflow's declaration, canonical JSON.</param>
    /// <param name="inputsJson">The resolved inputs, canonical JSON; <c>{}</c> for none.</param>
    public static ContentId Compute(string treeDigest, string workflowJson, string inputsJson)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[sizeof(int)];
        foreach (var part in (string[])[Domain, treeDigest, workflowJson, inputsJson])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return new ContentId(Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
