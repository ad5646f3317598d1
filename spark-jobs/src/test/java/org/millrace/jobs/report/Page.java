package org.millrace.jobs.report;

import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

/** A rendered page, read by the JDK's XML parser: parsing it is a test already. */
final class Page {
  private final Document document;

  private Page(Document document) {
    this.document = document;
  }

  static Page of(String html) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    return new Page(factory.newDocumentBuilder().parse(new InputSource(new StringReader(html))));
  }

  /** Texts of what the expression selects, white space made single. */
  List<String> texts(String xpath) throws Exception {
    NodeList nodes =
        (NodeList)
            XPathFactory.newInstance().newXPath().evaluate(xpath, document, XPathConstants.NODESET);
    List<String> texts = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      texts.add(nodes.item(i).getTextContent().replaceAll("\\s+", " ").strip());
    }
    return texts;
  }
}
