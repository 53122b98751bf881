using System.Text;
using Bascule.Connectors.Platforms.Sending;
using Bascule.Core;
using Bascule.Core.Content;
using Bascule.Core.Notebooks;
using Bascule.Testing.Platforms;

namespace Bascule.Connectors.Tests.Platforms.Sending;

[Trait("Threat", "T130")]
public sealed class SentTreeTests
{
    public const string Dirty =
        """{"nbformat":4,"cells":[{"cell_type":"code","execution_count":1,"metadata":{},"outputs":[{"text":"hunter2"}],"source":"x"}]}""";

    public const string Clean =
        """{"nbformat":4,"cells":[{"cell_type":"code","execution_count":null,"metadata":{},"outputs":[],"source":"x"}]}""";

    private readonly TreeSearches _searches = new();

    [Fact]
    public async Task TheTreeOfACleanNotebookIsTheCommits()
    {
        var tree = MemoryTree.Of(("a.ipynb", Clean), ("train.py", "x"));

        var sent = (await OfAsync(tree, NotebookOutputs.Strip)).Value;

        sent.Tree.ShouldBeSameAs(tree);
        sent.AddressOf(tree.Content).ShouldBe(tree.Content);
        sent.ToLine().ShouldBeNull();
    }

    [Fact]
    public async Task WhatIsStrippedHasDigestsSizesAndAnAddressOfItsOwn()
    {
        var tree = MemoryTree.Of(("a.ipynb", Dirty), ("b.IPYNB", Clean), ("train.py", "x"));

        var sent = (await OfAsync(tree, NotebookOutputs.Strip)).Value;

        var notebook = sent.Tree.Entries[0];
        var bytes = await sent.Tree.ReadAsync(notebook, default);
        Encoding.UTF8.GetString(bytes.Span).ShouldBe(Clean);
        notebook.Size.ShouldBe(bytes.Length);
        sent.Tree.DigestOf(notebook).ShouldBe(sent.Tree.DigestOf(sent.Tree.Entries[1]));
        sent.Tree.DigestOf(sent.Tree.Entries[2]).ShouldBe(tree.DigestOf(tree.Entries[2]));
        sent.Tree.TreeDigest.ShouldNotBe(tree.TreeDigest);
        sent.AddressOf(tree.Content).ShouldNotBe(tree.Content);
        sent.AddressOf(tree.Content).Hex.Length.ShouldBe(tree.Content.Hex.Length);
        sent.ToLine().ShouldBe("leaves the outputs of 1 notebook behind: a.ipynb");
    }

    /// <summary>The commit's tree is asked for its own entry, with the size that the notebook has there.</summary>
    [Fact]
    public async Task WhatIsStrippedIsReadWholeBefore()
    {
        var tree = new SizedTree(MemoryTree.Of(("a.ipynb", Dirty)));

        var sent = (await SentTree.OfAsync(tree, tree.Entries, NotebookOutputs.Strip, _searches, default)).Value;
        var bytes = await sent.Tree.ReadAsync(sent.Tree.Entries[0], default);

        Encoding.UTF8.GetString(bytes.Span).ShouldBe(Clean);
    }

    [Fact]
    public async Task TwoCommitsThatDifferInOutputsAloneAreTwo()
    {
        var one = MemoryTree.Of(("a.ipynb", Dirty));
        var other = MemoryTree.Of(("a.ipynb", Dirty.Replace("hunter2", "hunter3", StringComparison.Ordinal)));

        var sent = (await OfAsync(one, NotebookOutputs.Strip)).Value;

        sent.Tree.TreeDigest.ShouldNotBe((await OfAsync(other, NotebookOutputs.Strip)).Value.Tree.TreeDigest);
    }

    [Fact]
    public async Task WhatIsKeptIsNotLookedInto()
    {
        var tree = MemoryTree.Of(("a.ipynb", Dirty), ("broken.ipynb", "{"));

        var sent = (await OfAsync(tree, NotebookOutputs.Keep)).Value;

        sent.Tree.ShouldBeSameAs(tree);
        tree.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task OutputsAreRefusedWithFileAndCell()
    {
        var tree = MemoryTree.Of(("a.ipynb", Dirty), ("b.ipynb", Clean));

        var refused = (await OfAsync(tree, NotebookOutputs.Refuse)).Problem.ShouldNotBeNull();

        refused.Code.ShouldBe(ProblemCode.Invalid);
        refused.Message.ShouldBe(
            "this environment takes no notebooks with outputs (notebook_outputs: refuse); clear them, and commit again:\na.ipynb: cell 1 holds 1 output"
        );
        var counted = MemoryTree.Of(("b.ipynb", Clean.Replace("null", "7", StringComparison.Ordinal)));
        (await OfAsync(counted, NotebookOutputs.Refuse)).Value.Tree.ShouldBeSameAs(counted, "a count is no output");
    }

    [Theory]
    [InlineData(NotebookOutputs.Strip)]
    [InlineData(NotebookOutputs.Refuse)]
    public async Task ANotebookThatNobodyUnderstandsIsRefusedByName(NotebookOutputs policy)
    {
        var tree = MemoryTree.Of(("old.ipynb", """{"nbformat":3,"worksheets":[]}"""), ("a.ipynb", "NaN"));

        var refused = (await OfAsync(tree, policy)).Problem.ShouldNotBeNull();

        refused.Message.ShouldContain("\nold.ipynb is no notebook of nbformat 4");
        refused.Message.ShouldContain("\na.ipynb is not valid JSON");
        refused.Message.ShouldContain("notebook_outputs: keep");
    }

    [Fact]
    public async Task WhatStaysBehindIsNotLookedInto()
    {
        const string Pointer =
            "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n";
        var tree = MemoryTree.Of(("a.ipynb", Pointer)).Add("b.ipynb", "../x", TreeEntryKind.Symlink);

        (await OfAsync(tree, NotebookOutputs.Strip)).Value.Stripped.ShouldBeEmpty();
    }

    [Fact]
    public async Task ANotebookThatIsTooLargeIsRefusedUnread()
    {
        var tree = new MemoryTree().Add("a.ipynb", new byte[JupyterFile.MaxBytes + 1]);

        (await OfAsync(tree, NotebookOutputs.Strip)).Problem.ShouldNotBeNull().Message.ShouldContain("a.ipynb has ");
        tree.Reads.ShouldBe(0);
    }

    [Fact]
    public async Task ANotebookIsReadOnceForManyPlans()
    {
        var tree = MemoryTree.Of(("a.ipynb", Dirty));
        await OfAsync(tree, NotebookOutputs.Strip);
        var reads = tree.Reads;

        (await OfAsync(tree, NotebookOutputs.Strip)).Value.Stripped.ShouldBe(["a.ipynb"]);

        tree.Reads.ShouldBe(reads);
    }

    [Theory]
    [InlineData("{}", NotebookOutputs.Strip)]
    [InlineData("""{"notebook_outputs":"strip"}""", NotebookOutputs.Strip)]
    [InlineData("""{"notebook_outputs":"keep"}""", NotebookOutputs.Keep)]
    [InlineData("""{"notebook_outputs":"refuse"}""", NotebookOutputs.Refuse)]
    public void ReadsThePolicy(string json, NotebookOutputs policy) =>
        NotebookSetting.Read(SettingTree.Read(json).Reader).ShouldBe(policy);

    [Fact]
    public void RefusesAPolicyThatIsNone()
    {
        var (reader, problems) = SettingTree.Read("""{"notebook_outputs":"stripped"}""");

        NotebookSetting.Read(reader);

        problems.ShouldHaveSingleItem().ToString().ShouldContain("is none of strip, keep and refuse");
    }

    private Task<Result<SentTree>> OfAsync(MemoryTree tree, NotebookOutputs policy) =>
        SentTree.OfAsync(tree, tree.Entries, policy, _searches, default);

    /// <summary>Gives as many bytes of a file as the entry says that it has.</summary>
    private sealed class SizedTree(MemoryTree tree) : IContentTree
    {
        public IReadOnlyList<TreeEntry> Entries => tree.Entries;

        public string TreeDigest => tree.TreeDigest;

        public string DigestOf(TreeEntry entry) => tree.DigestOf(entry);

        public async Task<ReadOnlyMemory<byte>> ReadAsync(TreeEntry entry, CancellationToken cancellationToken) =>
            (await tree.ReadAsync(entry, cancellationToken))[..(int)entry.Size];
    }
}
