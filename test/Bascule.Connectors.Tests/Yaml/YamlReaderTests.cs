using System.Text;
using Bascule.Connectors.Yaml;
using Bascule.Core.Settings;

namespace Bascule.Connectors.Tests.Yaml;

public sealed class YamlReaderTests
{
    /// <summary>A bit of everything that settings are made of.</summary>
    private const string Full = """
        # Settings, much as an operator writes them.
        url: https://bascule.example.com
        listen: { address: "127.0.0.1:8080", metrics: 'off' }
        forges:
          git:
            kind: gitea
            repositories: [ml/*, "data/**"]
            token: { file: /run/secrets/token }
        environments:
          prod:
            branches:
              - main
              - release/*
            max_running: 2   # at once
            note: >
              folded
              text
            hours: |
              kept
              lines
        """;

    [Fact]
    public void ReadsMapsListsAndScalarsWithTheirPlaces()
    {
        var (map, problems) = Read("# first\nurl: https://x\nforges:\n  - a\n  - { b: 'c' }\n");

        problems.ShouldBeEmpty();
        map!.Entries.Select(entry => entry.Key).ShouldBe(["url", "forges"]);
        map.Entries[0].KeyLocation.ToString().ShouldBe("f.yaml:2:1");
        map.Entries[0].Value.ShouldBe(new SettingScalar(new("f.yaml", 2, 6), "https://x", Quoted: false));
        var list = map.Entries[1].Value.ShouldBeOfType<SettingList>();
        list.Items[1]
            .ShouldBeOfType<SettingMap>()
            .Entries[0]
            .Value.ShouldBeOfType<SettingScalar>()
            .Quoted.ShouldBeTrue();
    }

    [Theory]
    [InlineData("no")]
    [InlineData("off")]
    [InlineData("yes")]
    [InlineData("010")]
    [InlineData("0o17")]
    [InlineData("1_000")]
    [InlineData("1.10")]
    [InlineData("12:30:45")]
    [InlineData("2026-01-01")]
    [Trait("Threat", "T125")]
    public void KeepsWordsAndNumbersAsTheyAreWritten(string word)
    {
        var (map, problems) = Read($"a: {word}");
        var reader = new SettingReader(map!, "", problems);

        reader.Text("a").ShouldBe(word);
        problems.ShouldBeEmpty();
        reader.Flag("a").ShouldBeFalse();
        problems.Single().Message.ShouldBe("is neither true nor false");
    }

    [Theory]
    [InlineData("anchor", "a: &x 1", "f.yaml:1:4: a: has an anchor (&); remove it")]
    [InlineData("alias", "a: &x 1\nb: *x", "f.yaml:2:4: b: is an alias (*); write the value out")]
    [InlineData("merge", "a:\n  <<: { b: 1 }", "f.yaml:2:3: a: merges another map (<<); write its entries out")]
    [InlineData("tag", "a: !!str 1", "f.yaml:1:4: a: has a tag (!); remove it; quotes make a text")]
    [InlineData("own tag", "a: !include x", "f.yaml:1:4: a: has a tag (!); remove it; quotes make a text")]
    [InlineData("bare tag", "a: ! x", "f.yaml:1:4: a: has a tag (!); remove it; quotes make a text")]
    [InlineData("tag on a map", "a: !!set { b }", "f.yaml:1:4: a: has a tag (!); remove it; quotes make a text")]
    [InlineData("twice", "a: 1\nb: 2\n'a': 3", "f.yaml:3:1: a: is written twice; keep one of them")]
    [InlineData("twice inside", "x: { a: 1, a: 2 }", "f.yaml:1:12: x.a: is written twice; keep one of them")]
    [InlineData(
        "documents",
        "a: 1\n---\nb: 2",
        "f.yaml:2:1: the file: holds a second document; keep one, without --- between"
    )]
    [InlineData(
        "documents",
        "a: 1\n...\nb: 2",
        "f.yaml:3:1: the file: holds a second document; keep one, without --- between"
    )]
    [InlineData("version", "%YAML 1.1\n---\na: 1", "f.yaml:1:1: the file: starts with a directive (%); remove it")]
    [InlineData(
        "tag directive",
        "%TAG ! tag:x,2000:\n---\na: 1",
        "f.yaml:1:1: the file: starts with a directive (%); remove it"
    )]
    [InlineData("list as key", "a:\n  [b]: 1", "f.yaml:2:3: a: has a key that is not a text; write key: value")]
    [InlineData("no key", "a:\n  : 1", "f.yaml:2:4: a: has an entry without a key; write key: value")]
    [Trait("Threat", "T125")]
    public void RefusesWhatMeansMoreThanItShows(string name, string yaml, string problem) =>
        Read(yaml).Problems.Select(found => found.ToString()).ShouldContain(problem, name);

    [Fact]
    public void TakesAnExplicitDocumentAndAByteOrderMark()
    {
        Read("---\na: 1\n...\n").Problems.ShouldBeEmpty();
        Read("\uFEFFa: 1").Map!.Entries[0].Key.ShouldBe("a");
    }

    [Theory]
    [InlineData("nothing", "", "is empty")]
    [InlineData("comments", "# only\n", "is empty")]
    [InlineData("a list", "- a", "is not a map")]
    [InlineData("a word", "a", "is not a map")]
    [InlineData("unclosed", "a: [1, 2\nb: }", "is not valid YAML")]
    [InlineData("tab", "a:\n\tb: 1", "is not valid YAML")]
    [InlineData("quote", "a: \"b", "is not valid YAML")]
    [InlineData("escape beyond Unicode", "a: \"\\UFFFFFFFF\"", "is not valid YAML")]
    [InlineData("lone surrogate", "a: \"\\ud800\"", "is not valid YAML")]
    [InlineData("two on a line", "a: b: c", "is not valid YAML")]
    public void AnswersWithOnePlaceWhenThereIsNoMap(string name, string yaml, string message)
    {
        var (map, problems) = Read(yaml);

        map.ShouldBeNull(name);
        problems.ShouldHaveSingleItem(name).Message.ShouldStartWith(message);
        problems[0].Location.Line.ShouldBeInRange(1, 3);
    }

    [Theory]
    [InlineData("bell", "a: b\nc: d\u0007", "f.yaml:2:5: the file: holds the invisible character U+0007; delete it")]
    [InlineData("NUL", "a: b\0", "f.yaml:1:5: the file: holds the invisible character U+0000; delete it")]
    [InlineData("bidi", "a: b # \u202e", "f.yaml:1:8: the file: holds the invisible character U+202E; delete it")]
    [InlineData("isolate", "a: \u2066b", "f.yaml:1:4: the file: holds the invisible character U+2066; delete it")]
    [InlineData("zero width", "a\u200b: b", "f.yaml:1:2: the file: holds the invisible character U+200B; delete it")]
    [InlineData("next line", "a: b\u0085", "f.yaml:1:5: the file: holds the invisible character U+0085; delete it")]
    [InlineData(
        "line separator",
        "a: b\u2028c: d",
        "f.yaml:1:5: the file: holds the invisible character U+2028; delete it"
    )]
    [InlineData("escaped", "a: \"\\u202e\"", "f.yaml:1:4: a: holds the invisible character U+202E; delete its escape")]
    [InlineData("escaped NUL", "a: \"\\0\"", "f.yaml:1:4: a: holds the invisible character U+0000; delete its escape")]
    [Trait("Threat", "T125")]
    public void RefusesCharactersThatCannotBeSeen(string name, string yaml, string problem) =>
        Read(yaml).Problems.Single().ToString().ShouldBe(problem, name);

    [Fact]
    [Trait("Threat", "T125")]
    public void RefusesBytesThatAreNotUtf8() =>
        Read([(byte)'a', (byte)':', (byte)' ', 0xC0, 0xAF]).Problems.Single().Message.ShouldBe("is not valid UTF-8");

    [Fact]
    [Trait("Threat", "T125")]
    public void TakesTwentyLevelsAndRefusesTwentyOne()
    {
        Read(Nested(18)).Problems.ShouldBeEmpty();
        Read(Nested(19)).Problems.Single().Message.ShouldBe("is nested too deeply");
    }

    [Fact]
    [Trait("Threat", "T125")]
    public void RefusesTooManyNodesTooManyBytesAndTooLongScalars()
    {
        Read("a: [" + string.Concat(Enumerable.Repeat("b,", 20_000)) + "]")
            .Problems.Single()
            .Message.ShouldBe("is one value too many");
        Read("a: b #" + new string('x', 256 * 1024)).Problems.Single().Message.ShouldBe("is too large");
        Read("a: " + new string('x', 16 * 1024 + 1)).Problems.Single().Message.ShouldBe("is too long");
        Read("a: " + new string('x', 16 * 1024)).Problems.ShouldBeEmpty();
    }

    /// <summary>Each would take the parser minutes, or gigabytes, if it were let.</summary>
    [Theory]
    [InlineData("open brackets", "[")]
    [InlineData("open maps", "{a: ")]
    [InlineData("nested lists", "- ")]
    [InlineData("nested keys", "? ")]
    [InlineData("anchors", "- &a x\n")]
    [InlineData("documents", "---\n")]
    [InlineData("quotes", "\"\":")]
    [InlineData("bomb", "a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\n")]
    [Trait("Threat", "T125")]
    public void GivesUpEarlyOnFilesMadeToHurt(string name, string piece)
    {
        var yaml = string.Concat(Enumerable.Repeat(piece, 250 * 1024 / piece.Length));

        Read(yaml).Problems.Count.ShouldBeInRange(1, 100, name);
    }

    /// <summary>Cut and mutated anywhere, a file gives a map or problems, never an exception.</summary>
    [Fact]
    [Trait("Threat", "T125")]
    public void NeverThrows()
    {
        var random = new Random(20261101);
        const string Pieces = "&*!%@`|>-?:,[]{}#'\"\\\n\t ~<=0aé\u0001";
        for (var round = 0; round < 600; round++)
        {
            var text = new StringBuilder(Full);
            for (var change = 0; change < 3; change++)
                text[random.Next(text.Length)] = Pieces[random.Next(Pieces.Length)];
            var (map, problems) = Read(text.ToString(0, random.Next(text.Length)));
            (map is not null || problems.Count > 0).ShouldBeTrue();
        }
    }

    private static string Nested(int lists) => "a: " + new string('[', lists) + "x" + new string(']', lists);

    private static (SettingMap? Map, List<SettingProblem> Problems) Read(string yaml) =>
        Read(Encoding.UTF8.GetBytes(yaml));

    private static (SettingMap? Map, List<SettingProblem> Problems) Read(byte[] yaml)
    {
        List<SettingProblem> problems = [];
        return (YamlReader.Read(yaml, "f.yaml", YamlLimits.Workflow, problems), problems);
    }
}
