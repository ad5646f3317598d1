package org.millrace.jobs.report;

import java.io.StringWriter;
import java.util.List;
import javax.xml.XMLConstants;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.transform.OutputKeys;
import javax.xml.transform.Transformer;
import javax.xml.transform.TransformerException;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.knowm.xchart.XYChart;
import org.millrace.contracts.ErrorCategory;
import org.millrace.contracts.MillraceException;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;

/** Turns a chart into an inline SVG element that scales and takes its colours from the page. */
final class ChartSvg {
  private static final String SVG = "http://www.w3.org/2000/svg";
  private static final List<String> COLOURED = List.of("fill", "stroke", "stop-color");

  private ChartSvg() {}

  /**
   * @param id prefix of all ids inside, unique on the page
   * @param label what a screen reader says instead of the picture
   */
  static String of(XYChart chart, String id, String label) {
    try {
      DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
      factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
      Document document =
          factory.newDocumentBuilder().getDOMImplementation().createDocument(SVG, "svg", null);
      SVGGraphics2D graphics = new SVGGraphics2D(context(document, id), false);
      chart.paint(graphics, chart.getWidth(), chart.getHeight());
      Element root = graphics.getRoot();
      dress(root, chart, label);
      return serialise(root);
    } catch (ParserConfigurationException | TransformerException e) {
      throw new MillraceException(
          ErrorCategory.INTERNAL, "Cannot draw the plot " + id + ": " + e.getMessage(), e);
    }
  }

  private static SVGGeneratorContext context(Document document, String id) {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document);
    context.setPrecision(2);
    context.setComment("");
    context.setIDGenerator(
        new SVGIDGenerator() {
          @Override
          public String generateID(String prefix) {
            return super.generateID(id + "-" + prefix);
          }
        });
    return context;
  }

  private static void dress(Element root, XYChart chart, String label) {
    for (int i = root.getAttributes().getLength() - 1; i >= 0; i--) {
      root.removeAttribute(root.getAttributes().item(i).getNodeName());
    }
    Node shared = root.getElementsByTagNameNS(SVG, "defs").item(0);
    if (shared != null && !shared.hasChildNodes()) {
      root.removeChild(shared); // always empty here, and with the same id in each picture
    }
    root.setAttribute("viewBox", "0 0 " + chart.getWidth() + " " + chart.getHeight());
    root.setAttribute("role", "img");
    root.setAttribute("aria-label", label);
    recolour(root);
  }

  private static void recolour(Element element) {
    for (String attribute : COLOURED) {
      if (element.hasAttribute(attribute)) {
        element.setAttribute(attribute, Ink.css(element.getAttribute(attribute)));
      }
    }
    for (Node child = element.getFirstChild(); child != null; child = child.getNextSibling()) {
      if (child instanceof Element inner) {
        recolour(inner);
      }
    }
  }

  private static String serialise(Element root) throws TransformerException {
    TransformerFactory factory = TransformerFactory.newInstance();
    factory.setFeature(XMLConstants.FEATURE_SECURE_PROCESSING, true);
    Transformer transformer = factory.newTransformer();
    transformer.setOutputProperty(OutputKeys.OMIT_XML_DECLARATION, "yes");
    StringWriter text = new StringWriter();
    transformer.transform(new DOMSource(root), new StreamResult(text));
    return text.toString();
  }
}
