import { createRoot } from "react-dom/client";
import { App } from "./App";
import { keepFocus } from "./focus";
import { text } from "./text";
import { applyTheme } from "./theme";
import "./style/base.css";
import "./style/shell.css";
import "./style/board.css";
import "./style/deal.css";
import "./style/around.css";

document.documentElement.lang = text.locale;
applyTheme();
const root = document.getElementById("root")!;
keepFocus(root);
createRoot(root).render(<App />);
