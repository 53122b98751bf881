using System.Text.RegularExpressions;
using System.Xml;
using Bascule.Connectors.Platforms.ApiManagement.Source;

namespace Bascule.Connectors.Platforms.ApiManagement.Gate.Policies;

/// <summary>
/// Reads a policy as XML that is well-formed and means the same to everybody (THREATS T126, T128). The service takes looser text as <c>rawxml</c>, with quotes and angle brackets bare in
/// expressions; what two parsers could read differently is not taken here.
/// </summary>
internal static partial class PolicyReader
{
    /// <summary>What the service takes of one policy.</summary>
    public const int MaxCharacters = 256 * 1024;

    private const int MaxElements = 20_000;

    /// <summary>Null, with findings, when it is not XML as it must be.</summary>
    /// <param name="file">For findings.</param>
    public static PolicyElement? Read(string text, string file, ApimFindings findings)
    {
        if (text.Length > MaxCharacters)
            findings.Error(
                file,
                1,
                ApimRule.Size,
                $"has more than {MaxCharacters} characters; move parts into fragments"
            );
        else if (FindReescape(text) is { } found)
            findings.Error(file, LineAt(text, found.Index), ApimRule.Xml, WhyNot(found.Value));
        else
            return Parse(text, file, findings);
        return null;
    }

    private static PolicyElement? Parse(string text, string file, ApimFindings findings)
    {
        PolicyElement? top = null;
        var (line, isFine) = (1, true);
        try
        {
            using var reader = BoundedXml.Open(text, MaxCharacters);
            PolicyElement? current = null;
            for (var count = 0; reader.Read(); )
            {
                line = ((IXmlLineInfo)reader).LineNumber;
                if (FaultOf(reader) is { } fault)
                    Refuse(fault);
                else if (reader.NodeType is XmlNodeType.Element && ++count > MaxElements)
                    Refuse($"has more than {MaxElements} elements; move parts into fragments");
                if (!isFine)
                    return null;
                current = Take(reader, current);
                top ??= current;
            }
        }
        catch (XmlException fault)
        {
            line = Math.Max(1, fault.LineNumber);
            Refuse(
                $"{BoundedXml.Sentence(fault)}; write &lt; and &amp; in expressions, and put an attribute whose expression holds quotes between the other ones"
            );
        }
        return isFine ? top : null;

        void Refuse(string fault)
        {
            isFine = false;
            findings.Error(file, line, ApimRule.Xml, fault);
        }
    }

    private static PolicyElement? Take(XmlReader reader, PolicyElement? current)
    {
        switch (reader.NodeType)
        {
            case XmlNodeType.Element:
                var element = new PolicyElement(reader.Name, LineOf(reader), current);
                current?.Add(element);
                var isEmpty = reader.IsEmptyElement;
                while (reader.MoveToNextAttribute())
                    element.Add(new PolicyText(reader.Name, reader.Value, LineOf(reader)));
                return isEmpty && current is not null ? current : element;
            case XmlNodeType.EndElement:
                return current?.Parent ?? current;
            case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace:
                current?.Add(new PolicyText("", reader.Value, LineOf(reader)));
                return current;
            default:
                return current;
        }
    }

    /// <summary>The service knows no namespaces in policies; a prefix could only hide a name.</summary>
    private static string? FaultOf(XmlReader reader)
    {
        if (BoundedXml.FaultOf(reader) is { } fault)
            return fault;
        if (reader.NodeType is not XmlNodeType.Element)
            return null;
        if (reader.Name.Contains(':', StringComparison.Ordinal))
            return $"has {ApimFindings.Quote(reader.Name)} in a namespace, which policies do not have; remove xmlns and the prefix";
        var hasNames = false;
        while (reader.MoveToNextAttribute())
            hasNames |= reader.NamespaceURI.Length > 0 || reader.Name.StartsWith("xmlns", StringComparison.Ordinal);
        reader.MoveToElement();
        return hasNames ? "has an attribute of a namespace, which policies do not have; remove it" : null;
    }

    /// <summary>
    /// Escapes that a text could lose once more: taken out twice, they become something else. Characters by number are not taken at all, since only one of both readers may take
    /// them out of an expression.
    /// </summary>
    private static Match? FindReescape(string text) => Reescape().Match(text) is { Success: true } match ? match : null;

    private static string WhyNot(string escape) =>
        escape.StartsWith("&#", StringComparison.Ordinal)
            ? $"has {ApimFindings.Quote(escape)}, a character by its number; write the character itself"
            : $"has {ApimFindings.Quote(escape)}, which means something else when its escapes are taken out twice; write it another way";

    private static int LineOf(XmlReader reader) => ((IXmlLineInfo)reader).LineNumber;

    private static int LineAt(string text, int index) => 1 + text.AsSpan(0, index).Count('\n');

    [GeneratedRegex("&#[0-9xX]|&amp;(#|[A-Za-z][A-Za-z0-9]*;)", RegexOptions.ExplicitCapture, 1000)]
    private static partial Regex Reescape();
}
