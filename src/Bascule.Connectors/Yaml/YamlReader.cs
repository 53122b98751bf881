using Bascule.Core.Settings;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using TagDirective = YamlDotNet.Core.Tokens.TagDirective;

namespace Bascule.Connectors.Yaml;

/// <summary>
/// Reads the plain part of YAML that settings need: maps, lists and scalars of one document, each with its place. What makes a file mean more than
/// it shows (anchors, aliases, merge keys, tags, directives, further documents, repeated keys) is refused by name (THREATS T125).
/// Scalars stay text: <c>no</c>, <c>off</c> and <c>010</c> are themselves. Never throws for what a file holds.
/// </summary>
public sealed class YamlReader
{
    private readonly Parser _parser;
    private readonly string _file;
    private readonly YamlLimits _limits;
    private readonly ICollection<SettingProblem> _problems;
    private int _nodes;
    private bool _stopped;

    private YamlReader(string text, string file, YamlLimits limits, ICollection<SettingProblem> problems)
    {
        _parser = new Parser(new StringReader(text));
        _file = file;
        _limits = limits;
        _problems = problems;
    }

    /// <summary>The top map, as far as it can be understood: a file with problems still gives what is right in it. Null when nothing can be made of it.</summary>
    /// <param name="file">For messages.</param>
    public static SettingMap? Read(
        ReadOnlyMemory<byte> utf8,
        string file,
        YamlLimits limits,
        ICollection<SettingProblem> problems
    ) =>
        YamlText.Decode(utf8.Span, file, limits, problems) is { } text
            ? new YamlReader(text, file, limits, problems).ReadDocument()
            : null;

    private SettingMap? ReadDocument()
    {
        Advance(); // to the start of the stream
        Advance();
        if (_stopped)
            return null;
        if (_parser.Current is not DocumentStart start)
        {
            Refuse(Start, "", "is empty", "write settings into it");
            return null;
        }
        if (start.Version is not null || start.Tags?.Any(IsOwnTag) == true)
            Refuse(start.Start, "", "starts with a directive (%)", "remove it");
        Advance();
        var top = ReadNode("", 1);
        Advance(); // to the end of the document
        RefuseFurtherDocuments();
        if (_stopped || top is SettingMap)
            return _stopped ? null : (SettingMap?)top;
        Refuse(Start, "", "is not a map", "write settings as key: value");
        return null;
    }

    /// <summary>An explicit document start brings YAML's own two along.</summary>
    private static bool IsOwnTag(TagDirective tag) =>
        (tag.Handle, tag.Prefix) is not (("!", "!") or ("!!", "tag:yaml.org,2002:"));

    private void RefuseFurtherDocuments()
    {
        if (Advance() && _parser.Current is DocumentStart second)
            Refuse(second.Start, "", "holds a second document", "keep one, without --- between");
    }

    /// <summary>Reads the node that the parser stands on, and leaves it on the node's last event. Null when it was refused or reading has stopped.</summary>
    private SettingNode? ReadNode(string path, int depth)
    {
        if (_stopped || !IsWithinLimits(path, depth))
            return null;
        if (_parser.Current is AnchorAlias alias)
        {
            Refuse(alias.Start, path, "is an alias (*)", "write the value out");
            return null;
        }
        RefuseProperties(path);
        return _parser.Current switch
        {
            Scalar scalar => ReadScalar(scalar, path),
            SequenceStart => ReadList(path, depth),
            MappingStart => ReadMap(path, depth),
            _ => null,
        };
    }

    private SettingScalar? ReadScalar(Scalar scalar, string path)
    {
        if (scalar.Value.Length > _limits.MaxScalar)
            Refuse(scalar.Start, path, "is too long", $"keep a value under {_limits.MaxScalar} characters");
        else if (YamlText.InvisibleIn(scalar.Value) is { } name)
            Refuse(scalar.Start, path, $"holds the invisible character {name}", "delete its escape");
        else
            return new SettingScalar(At(scalar.Start), scalar.Value, scalar.Style != ScalarStyle.Plain);
        return null;
    }

    private SettingList ReadList(string path, int depth)
    {
        var location = At(_parser.Current!.Start);
        List<SettingNode> items = [];
        while (Advance() && _parser.Current is not SequenceEnd)
        {
            if (ReadNode(path, depth + 1) is { } item)
                items.Add(item);
        }
        return new SettingList(location, items);
    }

    private SettingMap ReadMap(string path, int depth)
    {
        var location = At(_parser.Current!.Start);
        List<SettingEntry> entries = [];
        HashSet<string> keys = [];
        while (Advance() && _parser.Current is not MappingEnd)
        {
            var key = ReadKey(path, depth);
            if (!Advance())
                break;
            var value = ReadNode(key is null ? path : Join(path, key.Text), depth + 1);
            if (key is not null && value is not null && IsNew(key, keys, path))
                entries.Add(new SettingEntry(key.Text, key.Location, value));
        }
        return new SettingMap(location, entries);
    }

    private SettingScalar? ReadKey(string path, int depth)
    {
        var start = _parser.Current!.Start;
        var key = ReadNode(path, depth + 1);
        if (key is SettingScalar { Text: not "" } scalar and not { Quoted: false, Text: "<<" })
            return scalar;
        if (key is SettingScalar { Text: "" })
            Refuse(start, path, "has an entry without a key", "write key: value");
        else if (key is SettingScalar)
            Refuse(start, path, "merges another map (<<)", "write its entries out");
        else if (key is not null)
            Refuse(start, path, "has a key that is not a text", "write key: value");
        return null;
    }

    private bool IsNew(SettingScalar key, HashSet<string> keys, string path)
    {
        if (keys.Add(key.Text))
            return true;
        Add(key.Location, Join(path, key.Text), "is written twice", "keep one of them");
        return false;
    }

    private void RefuseProperties(string path)
    {
        if (_parser.Current is not NodeEvent node)
            return;
        if (!node.Anchor.IsEmpty)
            Refuse(node.Start, path, "has an anchor (&)", "remove it");
        if (!node.Tag.IsEmpty)
            Refuse(node.Start, path, "has a tag (!)", "remove it; quotes make a text");
    }

    private bool IsWithinLimits(string path, int depth)
    {
        if (depth > _limits.MaxDepth)
            Stop(Start, path, "is nested too deeply", $"keep to {_limits.MaxDepth} levels");
        else if (++_nodes > _limits.MaxNodes)
            Stop(Start, path, "is one value too many", $"keep to {_limits.MaxNodes} in a file");
        return !_stopped;
    }

    /// <summary>The parser's own exceptions are its answer to bad syntax; some come without a place, or are not even its own kind.</summary>
    private bool Advance()
    {
        if (_stopped)
            return false;
        try
        {
            if (_parser.MoveNext())
                return true;
            _stopped |= _parser.Current is not StreamEnd;
        }
        catch (YamlException problem)
        {
            Stop(problem.Start, "", "is not valid YAML here", Sentence(problem.Message));
        }
        catch (Exception problem)
            when (problem is InvalidOperationException or ArgumentException or FormatException or OverflowException)
        {
            Stop(_parser.Current?.End ?? Mark.Empty, "", "is not valid YAML after this place", "correct what follows");
        }
        return false;
    }

    private Mark Start => _parser.Current?.Start ?? Mark.Empty;

    private void Stop(Mark mark, string path, string message, string remedy)
    {
        _stopped = true;
        Refuse(mark, path, message, remedy);
    }

    private void Refuse(Mark mark, string path, string message, string remedy) => Add(At(mark), path, message, remedy);

    private void Add(SettingLocation location, string path, string message, string remedy)
    {
        if (_problems.Count < SettingProblems.Most)
            _problems.Add(new SettingProblem(location, path.Length == 0 ? "the file" : path, message, remedy));
        else
            _stopped = true;
    }

    private SettingLocation At(Mark mark) => new(_file, Math.Max(1, (int)mark.Line), Math.Max(1, (int)mark.Column));

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";

    private static string Sentence(string message) =>
        message.Length == 0 ? "correct the syntax" : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
