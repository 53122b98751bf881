using System.Text;
using Bascule.Core.Audit;
using Bascule.Core.Audit.Searching;

namespace Bascule.Core.Tests.Audit.Searching;

public sealed class PostingsTests
{
    [Fact]
    public void EveryTermOfEveryEntryIsFoundAtItsPlace()
    {
        var block = Block();
        var lists = Postings.Of(block);

        lists.Count.ShouldBe(TermKey.Lists);
        lists.Sum(list => list.Length).ShouldBe(6 * 3 * Postings.BlockSize);
        foreach (var place in (int[])[0, 1, 255, 256, 4095])
            Find(lists, $"run:r-{place}").ShouldBe([place]);
        Find(lists, "type:even").ShouldBe(Enumerable.Range(0, 2048).Select(half => 4094 - (2 * half)));
        Find(lists, "actor:bascule").Count.ShouldBe(Postings.BlockSize);
        Find(lists, "run:r-4096").ShouldBeEmpty();
        Find(lists, "type:e").ShouldBeEmpty();
    }

    [Fact]
    public void AListWithoutPostingsFindsNothing() =>
        Postings.Find(ReadOnlyMemory<byte>.Empty, TermKey.Of("run:r-1")).ShouldBeEmpty();

    [Fact]
    public void OnlyAFullBlockIsIndexed() => Should.Throw<ArgumentException>(() => Postings.Of([.. Block().Skip(1)]));

    [Theory]
    [InlineData("not an entry")]
    [InlineData("""{"type":"x","links":{"run":"r""")]
    [InlineData("")]
    public void WhatIsNoEntryHasNoTerms(string written) =>
        EntryTerms.Of(Encoding.UTF8.GetBytes(written)).ShouldBeEmpty();

    [Fact]
    public void AnEntryIsFoundByIdTypeActorAndLinksAndByNothingElse() =>
        EntryTerms
            .Of(
                """{"actor":"person:p-1","decision":{"allow":true,"type":"y"},"facts":{"id":"2","links":{"run":"r-9"}},"id":"1","links":{"push":"p\n1","run":"r-1"},"time":"t","type":"x","v":1}"""u8.ToArray()
            )
            .ShouldBe(["actor:person:p-1", "id:1", "push:p\n1", "run:r-1", "type:x"]);

    private static List<int> Find(IReadOnlyList<ReadOnlyMemory<byte>> lists, string term)
    {
        var key = TermKey.Of(term);
        return [.. Postings.Find(lists[key.List], key)];
    }

    private static IReadOnlyList<AuditRecord> Block() =>
        [
            .. Enumerable
                .Range(0, Postings.BlockSize)
                .Select(place => new AuditRecord(
                    place,
                    Encoding.UTF8.GetBytes(
                        $$$"""{"actor":"bascule","links":{"run":"r-{{{place}}}"},"type":"{{{(place % 2 == 0 ? "even" : "odd")}}}"}"""
                    )
                )),
        ];
}
