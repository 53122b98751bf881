using Bascule.Core;
using Bascule.Storage.Writing;

namespace Bascule.Storage.Changes;

internal static class AuditChanges
{
    private const int EntryLimit = 65_535;

    /// <summary>Invalid, and nothing written, when the entry is empty or too long.</summary>
    public static Problem? Append(WriteSession session, ReadOnlyMemory<byte> entry, AuditPlace place)
    {
        if (entry.Length is 0 or > EntryLimit)
        {
            return Problem.Invalid(
                $"an audit entry has 1 to {EntryLimit} bytes, and this one {entry.Length}; record a digest instead of the thing itself"
            );
        }
        session.AppendAudit(entry, place);
        return null;
    }
}
