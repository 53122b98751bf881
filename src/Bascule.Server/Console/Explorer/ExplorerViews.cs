namespace Bascule.Server.Console.Explorer;

/// <summary>A page of entries.</summary>
/// <param name="Asked">What it was narrowed by, as the address names it.</param>
/// <param name="Next">The next page's <c>before</c>; null on the last.</param>
public sealed record EntriesView(
    IReadOnlyDictionary<string, string> Asked,
    IReadOnlyList<EntryView> Rows,
    KnownNames Names,
    long? Next
)
{
    public string Of(string name) => Asked.GetValueOrDefault(name, "");
}

/// <summary>All entries that hang together with one thing, in their order.</summary>
/// <param name="IsCut">There are more than a page shows.</param>
public sealed record StoryView(EntryField Of, IReadOnlyList<EntryView> Rows, KnownNames Names, bool IsCut);

/// <summary>One entry with its bytes, and what the browser needs to check its proof.</summary>
/// <param name="Key">The verifier key of its log; null before the first was opened.</param>
/// <param name="IsClosed">A restore began another log; this one does not grow any more.</param>
/// <param name="Witnesses">Verifier keys of those whose cosignatures are kept.</param>
public sealed record EntryPageView(
    EntryView Entry,
    ReadOnlyMemory<byte> Bytes,
    KnownNames Names,
    string? Key,
    bool IsClosed,
    IReadOnlyList<string> Witnesses
);
