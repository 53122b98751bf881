using System.Security;
using System.Text;
using System.Text.RegularExpressions;
using System.Xml;
using System.Xml.Linq;

namespace Bascule.Simulators.Azure.ApiManagement.Rules;

/// <summary>
/// A policy or fragment, parsed. Assumed: entities inside an expression of <c>rawxml</c> are refused, since that format says that its expressions are not
/// encoded; answers are indented by two spaces with CR LF, as in the examples of the official descriptions.
/// </summary>
internal sealed partial class PolicyDocument
{
    private const int MostCharacters = 256 * 1024;
    private const string Sections = "inbound backend outbound on-error";
    private readonly XDocument _xml;
    private readonly PolicyExpressions _expressions;

    private PolicyDocument(XDocument xml, PolicyExpressions expressions) => (_xml, _expressions) = (xml, expressions);

    /// <param name="isRaw">Whether expressions are written as they are, without XML's escapes.</param>
    /// <param name="root"><c>policies</c> or <c>fragment</c>.</param>
    /// <param name="fault">What is wrong and in which element; null when nothing is.</param>
    public static PolicyDocument? Parse(string text, bool isRaw, string root, out (string Element, string Words)? fault)
    {
        var expressions = new PolicyExpressions();
        fault = null;
        try
        {
            if (isRaw)
                text = expressions.Take(text) ?? throw new XmlException("an expression is not closed");
            if (isRaw && expressions.All.Any(e => Escape().IsMatch(e)))
                throw new XmlException("an expression holds an escape of XML, which rawxml does not resolve");
            var xml = Load(text);
            if (!isRaw)
                TakeAll(xml, expressions);
            var document = new PolicyDocument(xml, expressions);
            fault = document.Structure(root);
            return fault is null ? document : null;
        }
        catch (XmlException error)
        {
            fault = (root, $"The document is not well-formed: {error.Message}");
            return null;
        }
    }

    public string Write(bool isRaw)
    {
        var text = new StringBuilder();
        var settings = new XmlWriterSettings
        {
            Indent = true,
            IndentChars = "  ",
            NewLineChars = "\r\n",
            NewLineHandling = NewLineHandling.None,
            OmitXmlDeclaration = true,
        };
        using (var writer = XmlWriter.Create(text, settings))
            _xml.Save(writer);
        return _expressions.PutBack(text.ToString(), e => isRaw ? e : SecurityElement.Escape(e)!);
    }

    /// <summary>Elements of a name with the value of an attribute, where it is no expression and holds no named value.</summary>
    public IEnumerable<(XElement Element, string Value)> Named(string element, string attribute) =>
        _xml.Descendants(element)
            .Select(found => (found, Value: (string?)found.Attribute(attribute) ?? ""))
            .Where(pair => !pair.Value.Contains("{{", StringComparison.Ordinal) && !pair.Value.Any(IsTaken));

    /// <summary>Display names of the named values in use. Liquid templates have braces of their own.</summary>
    public IReadOnlySet<string> NamedValues()
    {
        var texts = _xml.DescendantNodes()
            .OfType<XText>()
            .Where(text => text.Parent?.Attribute("template") is null)
            .Select(text => text.Value)
            .Concat(_xml.Descendants().Attributes().Select(attribute => attribute.Value))
            .Concat(_expressions.All);
        return NamesIn(string.Join('\n', texts));
    }

    public static HashSet<string> NamesIn(string text) =>
        [.. Reference().Matches(text).Select(m => m.Groups["name"].Value)];

    public static string Place(XElement element, string words) =>
        element is IXmlLineInfo line && line.HasLineInfo()
            ? $"Error in element '{element.Name.LocalName}' on line {line.LineNumber}, column {line.LinePosition}: {words}"
            : $"Error in element '{element.Name.LocalName}': {words}";

    private (string Element, string Words)? Structure(string root)
    {
        var top = _xml.Root!;
        if (top.Name != root)
            return (top.Name.LocalName, Place(top, $"The root must be '{root}'."));
        if (root != "policies")
            return null;
        var sections = top.Elements().Select(section => section.Name.LocalName).ToList();
        if (top.Elements().FirstOrDefault(s => !Sections.Split(' ').Contains(s.Name.ToString())) is { } strange)
            return (strange.Name.LocalName, Place(strange, "It is no section of a policy."));
        return sections.Count == sections.Distinct().Count()
            ? null
            : ("policies", Place(top, "A section is there more than once."));
    }

    private static XDocument Load(string text)
    {
        var settings = new XmlReaderSettings
        {
            DtdProcessing = DtdProcessing.Prohibit,
            XmlResolver = null,
            MaxCharactersInDocument = MostCharacters,
            IgnoreWhitespace = true,
        };
        using var reader = XmlReader.Create(new StringReader(text), settings);
        return XDocument.Load(reader, LoadOptions.SetLineInfo);
    }

    private static void TakeAll(XDocument xml, PolicyExpressions expressions)
    {
        const string open = "an expression is not closed";
        foreach (var text in xml.DescendantNodes().OfType<XText>())
            text.Value = expressions.Take(text.Value) ?? throw new XmlException(open);
        foreach (var attribute in xml.Descendants().Attributes())
            attribute.Value = expressions.Take(attribute.Value) ?? throw new XmlException(open);
    }

    private static bool IsTaken(char character) => character is >= '\uE000' and <= '\uF8FF';

    [GeneratedRegex("&(?:lt|gt|amp|quot|apos|#x?[0-9A-Fa-f]+);", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Escape();

    [GeneratedRegex(@"\{\{(?<name>[A-Za-z0-9._-]+)\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Reference();
}
