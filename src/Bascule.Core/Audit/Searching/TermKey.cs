using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Bascule.Core.Audit.Searching;

/// <summary>A term as the index knows it: a digest cut short. Two terms may share one, so what is found by it has to be looked at.</summary>
/// <param name="List">In which list of postings it stands, from 0.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct TermKey(int List, uint Digest)
{
    /// <summary>Lists of a block. A search reads one of them.</summary>
    public const int Lists = 16;

    /// <param name="term">As <see cref="EntryTerms"/> writes it.</param>
    public static TermKey Of(string term)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(term), digest);
        return new TermKey(digest[4] % Lists, BinaryPrimitives.ReadUInt32BigEndian(digest));
    }
}
