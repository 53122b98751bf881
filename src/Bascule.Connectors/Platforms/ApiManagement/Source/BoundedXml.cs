using System.Xml;

namespace Bascule.Connectors.Platforms.ApiManagement.Source;

/// <summary>
/// XML of a repository without anything that reads more than the text itself: no document type, no entities of its own, no resolver (THREATS T126, CWE-611).
/// </summary>
internal static class BoundedXml
{
    private const string XInclude = "http://www.w3.org/2001/XInclude";

    /// <summary>Levels of elements.</summary>
    public const int MaxDepth = 100;

    /// <summary>Attributes of one element.</summary>
    public const int MaxAttributes = 100;

    public static XmlReader Open(string text, int maxCharacters) =>
        XmlReader.Create(
            new StringReader(text),
            new XmlReaderSettings
            {
                DtdProcessing = DtdProcessing.Prohibit,
                XmlResolver = null,
                MaxCharactersFromEntities = 1024,
                MaxCharactersInDocument = maxCharacters,
                CloseInput = true,
            }
        );

    /// <summary>What is wrong with the node that the reader stands on; null when nothing is.</summary>
    public static string? FaultOf(XmlReader reader) =>
        reader.NodeType switch
        {
            XmlNodeType.XmlDeclaration when reader.GetAttribute("encoding") is { } encoding && !IsUtf8(encoding) =>
                $"declares the encoding {ApimFindings.Quote(encoding)}, in which it may mean something else than it shows; save it as UTF-8 and write that",
            XmlNodeType.ProcessingInstruction =>
                $"has the processing instruction {ApimFindings.Quote(reader.Name)}; remove it",
            XmlNodeType.DocumentType or XmlNodeType.EntityReference => "has a document type or an entity; remove it",
            XmlNodeType.Element when reader.Depth >= MaxDepth => $"is nested deeper than {MaxDepth} levels",
            XmlNodeType.Element when reader.AttributeCount > MaxAttributes =>
                $"has an element with more than {MaxAttributes} attributes",
            XmlNodeType.Element when reader.NamespaceURI == XInclude =>
                "includes another file (XInclude); write out what is in it",
            _ => null,
        };

    /// <summary>The parser's own words, without what it quotes of the text beyond a name.</summary>
    public static string Sentence(XmlException fault) =>
        fault.Message.Contains("DTD", StringComparison.Ordinal)
            ? "has a document type (DTD), which is never read; remove it"
            : $"is not well-formed XML: {fault.Message.TrimEnd('.')}";

    private static bool IsUtf8(string encoding) => string.Equals(encoding, "utf-8", StringComparison.OrdinalIgnoreCase);
}
