using System.Text;
using Bascule.Core.Audit.Log;
using Bascule.Testing.Audit;
using Microsoft.Playwright;

namespace Bascule.Server.Tests.Console.Explorer;

/// <summary>The proof of an entry, checked by a real browser against a real server; and each thing that can be wrong with it.</summary>
[Trait("Threat", "T117")]
[Trait("Threat", "T118")]
public sealed class ProofBrowserTests(Chromium chromium, ExplorerStage stage)
    : InBrowser(chromium),
        IClassFixture<ExplorerStage>
{
    private const string Checkpoint = "**/audit/checkpoint";

    /// <summary>So that the log has two tiles, and a tile above them.</summary>
    private const int Many = 300;

    protected override IReadOnlyList<string> Expected { get; } = ["404"];

    [BrowserFact]
    public async Task AnHonestServerIsProvenStepByStep()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(index);

        (await VerdictAsync(page, "good")).ShouldStartWith("This entry stands at place");
        (await TonesAsync(page)).ShouldBe(
            "bytes good, checkpoint good, leaf good, path good, root good, signature good, seen idle, witnesses idle"
        );
        await page.ReloadAsync();
        await VerdictAsync(page, "good");
        (await TonesAsync(page)).ShouldContain("signature good, seen good");
        await page.Locator(".rungs summary").ClickAsync();
        (await page.Locator(".rungs li").CountAsync()).ShouldBeGreaterThan(0);
        ShouldNotComplain();
    }

    [BrowserFact]
    public async Task AnEntryChangedInTheDatabaseFailsAtItsLeaf()
    {
        var index = await EntryAsync();
        await stage.TamperAsync(
            "DROP TRIGGER IF EXISTS audit_entry_no_update; "
                + $"UPDATE audit_entry SET entry = CAST(replace(CAST(entry AS TEXT), 'cancel', 'retry!') AS BLOB) WHERE idx = {index}"
        );

        var page = await OpenAsync(index);

        (await VerdictAsync(page)).ShouldStartWith("NOT PROVEN. What does not fit: “Leaf”, “Root”");
        (await TonesAsync(page)).ShouldContain("bytes good, checkpoint good, leaf bad");
        (await page.Locator("[data-step=leaf] code").CountAsync()).ShouldBe(2, "the computed hash and the tree's");
    }

    [BrowserFact]
    public async Task BytesOtherThanThosePageAndServerShowAreNamed()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(index, page => ChangeAsync(page, $"**/audit/entries/{index}/bytes", Flip));

        (await VerdictAsync(page)).ShouldContain("“Entry”");
        (await TonesAsync(page)).ShouldStartWith("bytes bad");
    }

    [BrowserFact]
    public async Task ATileThatIsCutOffFailsOnThePath()
    {
        var index = await FirstOfManyAsync();
        var page = await OpenAsync(index, page => ChangeAsync(page, "**/audit/tile/0/001.p/*", bytes => bytes[..^1]));

        (await VerdictAsync(page)).ShouldContain("“Path”");
        (await TonesAsync(page)).ShouldContain("leaf good, path bad, root idle");
    }

    [BrowserFact]
    public async Task TilesThatContradictEachOtherFailOnThePath()
    {
        var index = await FirstOfManyAsync();
        var page = await OpenAsync(index, page => ChangeAsync(page, "**/audit/tile/1/**", Flip));

        (await VerdictAsync(page)).ShouldContain("the tile above them says another");
        (await TonesAsync(page)).ShouldContain("leaf good, path bad, root idle");
    }

    [BrowserFact]
    public async Task AnotherNeighbourFailsAtTheRoot()
    {
        var index = await FirstOfManyAsync();
        var page = await OpenAsync(index, page => ChangeAsync(page, "**/audit/tile/0/001.p/*", Flip));

        (await VerdictAsync(page)).ShouldContain("“Root”");
        (await TonesAsync(page)).ShouldContain("leaf good, path good, root bad, signature good");
    }

    [BrowserFact]
    public async Task AnotherRootFailsAtRootAndSignature()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(index, page => ChangeNoteAsync(page, note => WithRoot(note, TreeHash.Empty)));

        (await VerdictAsync(page)).ShouldContain("“Root”, “Signature”");
        (await TonesAsync(page)).ShouldContain("path good, root bad, signature bad, seen idle");
    }

    [BrowserFact]
    public async Task ACheckpointOfAnotherSignerFailsAtTheSignature()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(
            index,
            page => ChangeNoteAsync(page, note => note with { Signatures = [Spoil(note.Signatures[0])] })
        );

        (await VerdictAsync(page)).ShouldStartWith("NOT PROVEN. What does not fit: “Signature”. ");
        (await TonesAsync(page)).ShouldContain("root good, signature bad, seen idle");
    }

    [BrowserFact]
    public async Task ACheckpointOfAnotherLogIsNone()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(
            index,
            page => ChangeNoteAsync(page, note => note with { Text = "other" + note.Text })
        );

        (await VerdictAsync(page)).ShouldContain("“Checkpoint”");
        (await TonesAsync(page)).ShouldContain("bytes good, checkpoint bad, leaf idle, path idle, root idle");
    }

    [BrowserFact]
    public async Task ALogThatIsShorterThanThisBrowserSawIsCalledRolledBack()
    {
        var index = await EntryAsync();
        var older = await stage.CoveredAsync(index);
        await stage.CoveredAsync(await EntryAsync());
        var page = await OpenAsync(index);
        await VerdictAsync(page, "good");

        await ChangeNoteAsync(page, _ => older);
        await page.ReloadAsync();

        (await VerdictAsync(page)).ShouldContain("ROLLED BACK");
        (await TonesAsync(page)).ShouldContain("root good, signature good, seen bad");
        (await page.Locator("[data-step=seen] pre").CountAsync()).ShouldBe(2, "both checkpoints are the evidence");
        await page.UnrouteAsync(Checkpoint);
        await page.ReloadAsync();
        await VerdictAsync(page, "good");
    }

    [BrowserTheory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task ALogThatDoesNotExtendWhatThisBrowserSawIsCalledForked(int grown)
    {
        var index = await EntryAsync();
        var seen = await stage.CoveredAsync(index);
        var page = await OpenAsync(index);
        await VerdictAsync(page, "good");
        if (grown > 0)
            await stage.CoveredAsync(await EntryAsync());
        var note = WithRoot(seen, TreeHash.Empty).ToString();
        await page.EvaluateAsync(
            """
            (note) => {
              const [name] = Object.keys(localStorage);
              localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), note }));
            }
            """,
            note
        );

        await page.ReloadAsync();

        (await VerdictAsync(page)).ShouldContain("FORKED");
        (await TonesAsync(page)).ShouldContain("root good, signature good, seen bad");
    }

    [BrowserFact]
    public async Task AnotherKeyThanThisBrowserSawIsNamed()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(index);
        await VerdictAsync(page, "good");
        await page.EvaluateAsync(
            """
            () => {
              const [name] = Object.keys(localStorage);
              localStorage.setItem(name, JSON.stringify({ ...JSON.parse(localStorage.getItem(name)), key: "another" }));
            }
            """
        );

        await page.ReloadAsync();

        (await VerdictAsync(page)).ShouldContain("THE KEY IS ANOTHER");
    }

    [BrowserFact]
    public async Task AnEntryThatNoCheckpointCoversYetIsLookedForAgain()
    {
        var before = await stage.CoveredAsync(await EntryAsync());
        var index = await WrittenAsync();
        var asked = 0;
        var page = await OpenAsync(index, page => ChangeNoteAsync(page, note => ++asked == 1 ? before : note));

        await page.Locator("p[data-verdict]", new() { HasTextString = "No checkpoint covers this entry yet" })
            .WaitForAsync();
        (await VerdictAsync(page, "good")).ShouldStartWith("This entry stands");
        asked.ShouldBeGreaterThan(1);
    }

    [BrowserFact]
    public async Task WhereTheBrowserKnowsNoEd25519NothingIsCalledGood()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(
            index,
            page =>
                page.AddInitScriptAsync(
                    "crypto.subtle.importKey = async () => { throw new DOMException('no', 'NotSupportedError'); }"
                )
        );

        var verdict = await VerdictAsync(page, "wait");
        verdict.ShouldContain("“Signature” is open");
        verdict.ShouldContain($"bascule audit prove {index}");
        (await TonesAsync(page)).ShouldContain("root good, signature wait");
    }

    [BrowserFact]
    public async Task WhereThePageIsNotSecureNothingIsChecked()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(
            index,
            page =>
                page.AddInitScriptAsync("Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined })")
        );

        (await VerdictAsync(page, "wait")).ShouldStartWith(
            "Nothing is checked: a browser gives its SHA-256 and Ed25519 only to pages"
        );
        (await page.Locator("[data-tone=good]").CountAsync()).ShouldBe(0);
    }

    [BrowserFact]
    public async Task AWitnessIsHeldAgainstItsKey()
    {
        var index = await EntryAsync();
        using var witness = WrittenLog.SignerOf(9, "auditor.example.org");
        using var cosigner = NoteKey.Of("auditor.example.org", NoteKeyType.Cosignature, Public(witness.Key.ToString()));
        var seen = await stage.CoveredAsync(index);
        var line = witness.Cosign(Core.Audit.Log.Checkpoint.Parse(seen)!, DateTimeOffset.UtcNow);

        var good = await OpenAsync(index, page => WitnessedAsync(page, cosigner, seen.With(line)));
        await VerdictAsync(good, "good");
        (await good.Locator("[data-step=witnesses]").InnerTextAsync()).ShouldContain("auditor.example.org saw it on");
        (await TonesAsync(good)).ShouldEndWith("witnesses good");

        var bad = await OpenAsync(index, page => WitnessedAsync(page, cosigner, seen.With(Spoil(line))));
        (await VerdictAsync(bad)).ShouldContain("the cosignature of auditor.example.org is false");
    }

    [BrowserFact]
    public async Task ALogThatIsShorterThanWitnessesSawIsCalledRolledBack()
    {
        var index = await EntryAsync();
        var older = await stage.CoveredAsync(index);
        var seen = await stage.CoveredAsync(await EntryAsync());
        var page = await OpenAsync(
            index,
            async page =>
            {
                await page.RouteAsync(
                    "**/audit/witnessed",
                    route => route.FulfillAsync(new() { Body = seen.ToString() })
                );
                await ChangeNoteAsync(page, _ => older);
            }
        );

        (await VerdictAsync(page)).ShouldContain("“Witnesses”. Witnesses: ROLLED BACK");
    }

    [BrowserFact]
    public async Task WhereTheBrowserKeepsNothingTheRestIsCheckedAllTheSame()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(
            index,
            page =>
                page.AddInitScriptAsync(
                    "Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('no', 'SecurityError'); } })"
                )
        );

        await VerdictAsync(page, "good");
        (await page.Locator("[data-step=seen]").InnerTextAsync()).ShouldContain("keeps nothing");
        ShouldNotComplain();
    }

    [BrowserFact]
    public async Task AnOwnCopyOfTheKeyIsCompared()
    {
        var index = await EntryAsync();
        var page = await OpenAsync(index);
        var key = await page.Locator("[data-held]").InnerTextAsync();

        await page.Locator("[data-own-key]").FillAsync($" {key}\n");
        (await page.Locator("[data-own-answer]").InnerTextAsync()).ShouldBe("The same key");
        await page.Locator("[data-own-key]").FillAsync(key.Replace('a', 'b'));
        (await page.Locator("[data-own-answer]").InnerTextAsync()).ShouldStartWith("Another key");
    }

    [BrowserTheory]
    [InlineData("light", 1240)]
    [InlineData("dark", 1240)]
    [InlineData("light", 380)]
    [InlineData("dark", 380)]
    [Trait("Threat", "T124")]
    public async Task ShowsTheAuditLogWithoutAComplaint(string theme, int width)
    {
        var index = await EntryAsync();
        var page = await OpenAsync(theme, width, WithToken);
        await LookAsync(page, new Uri(stage.Local, "/audit/entries"), "audit-entries", theme, whole: false);
        await LookAsync(
            page,
            new Uri(stage.Local, $"/audit/story?run={ExplorerStage.Run}"),
            "audit-story",
            theme,
            whole: false
        );
        await page.GotoAsync(new Uri(stage.Local, $"/audit/entries/{index}").AbsoluteUri);
        await VerdictAsync(page, "good");
        await page.Locator(".rungs summary").ClickAsync();
        await page.ScreenshotAsync(new() { Path = Screenshot($"audit-entry-{theme}-{width}.png"), FullPage = true });
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth - innerWidth")).ShouldBeLessThanOrEqualTo(
            0
        );
        ShouldNotComplain();
    }

    [AxeTheory]
    [InlineData("light")]
    [InlineData("dark")]
    public async Task HoldsNothingAgainstThoseWhoCannotSeeWell(string theme)
    {
        var index = await EntryAsync();
        var page = await OpenAsync(theme, change: WithToken);
        foreach (
            var path in new[] { "/audit/entries", $"/audit/story?run={ExplorerStage.Run}", $"/audit/entries/{index}" }
        )
        {
            await page.GotoAsync(new Uri(stage.Local, path).AbsoluteUri);
            if (path.EndsWith($"/{index}", StringComparison.Ordinal))
                await VerdictAsync(page, "good");
            (await Axe.FindAsync(page)).ShouldBeEmpty(path);
        }
        await ChangeNoteAsync(page, note => WithRoot(note, TreeHash.Empty));
        await page.ReloadAsync();
        await VerdictAsync(page);
        await page.ScreenshotAsync(new() { Path = Screenshot($"audit-entry-bad-{theme}-1240.png"), FullPage = true });
        (await Axe.FindAsync(page)).ShouldBeEmpty("a proof that failed");
    }

    /// <summary>A new entry that a checkpoint covers: before that a page waits, and has not looked at every step.</summary>
    private async Task<long> EntryAsync()
    {
        var index = await WrittenAsync();
        await stage.CoveredAsync(index);
        return index;
    }

    private Task<long> WrittenAsync() => stage.WriteAsync(ExplorerStage.AnEntry());

    /// <summary>An early entry of a log that has two tiles.</summary>
    private async Task<long> FirstOfManyAsync()
    {
        if (await WrittenAsync() < Many)
            await Task.WhenAll(Enumerable.Range(0, Many).Select(_ => stage.WriteAsync(ExplorerStage.AnEntry("many"))));
        await EntryAsync();
        return 1;
    }

    private void WithToken(BrowserNewContextOptions options) =>
        options.ExtraHTTPHeaders = [new("Authorization", $"Bearer {stage.Token}")];

    private async Task<IPage> OpenAsync(long index, Func<IPage, Task>? prepare = null)
    {
        var page = await OpenAsync(change: WithToken);
        if (prepare is not null)
            await prepare(page);
        await page.GotoAsync(new Uri(stage.Local, $"/audit/entries/{index}").AbsoluteUri);
        return page;
    }

    private static async Task<string> VerdictAsync(IPage page, string tone = "bad")
    {
        await page.Locator($"[data-proof][data-verdict={tone}]").WaitForAsync();
        return await page.Locator("[data-proof] > .notice").InnerTextAsync();
    }

    private static async Task<string> TonesAsync(IPage page) =>
        string.Join(
            ", ",
            await page.EvaluateAsync<string[]>(
                "[...document.querySelectorAll('[data-step]')].map((step) => `${step.dataset.step} ${step.dataset.tone}`)"
            )
        );

    private static async Task ChangeAsync(IPage page, string address, Func<byte[], byte[]> change) =>
        await page.RouteAsync(
            address,
            async route =>
            {
                var answer = await route.FetchAsync();
                await route.FulfillAsync(new() { Response = answer, BodyBytes = change(await answer.BodyAsync()) });
            }
        );

    private static Task ChangeNoteAsync(IPage page, Func<SignedNote, SignedNote> change) =>
        ChangeAsync(
            page,
            Checkpoint,
            bytes => Encoding.UTF8.GetBytes(change(SignedNote.Parse((ReadOnlySpan<byte>)bytes)!).ToString())
        );

    private static async Task WitnessedAsync(IPage page, NoteKey witness, SignedNote note)
    {
        await page.RouteAsync("**/audit/witnessed", route => route.FulfillAsync(new() { Body = note.ToString() }));
        await ChangeAsync(
            page,
            "**/audit/entries/*",
            html =>
                Encoding.UTF8.GetBytes(
                    Encoding
                        .UTF8.GetString(html)
                        .Replace("data-witnesses=\"\"", $"data-witnesses=\"{witness}\"", StringComparison.Ordinal)
                )
        );
    }

    private static SignedNote WithRoot(SignedNote note, TreeHash root)
    {
        var lines = note.Text.Split('\n');
        return note with { Text = $"{lines[0]}\n{lines[1]}\n{root}\n" };
    }

    private static byte[] Flip(byte[] bytes)
    {
        bytes[^5] ^= 1;
        return bytes;
    }

    private static NoteSignature Spoil(NoteSignature line) => line with { Payload = Flip([.. line.Payload]) };

    private static byte[] Public(string key) => Convert.FromBase64String(key.Split('+', 3)[2])[1..];
}
