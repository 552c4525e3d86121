import { createRoot } from "react-dom/client";
import "graphiql/setup-workers/vite";
import "graphiql/style.css";
import "@graphiql/plugin-explorer/style.css";
import { text } from "../text";
import { GraphiqlPage } from "./GraphiqlPage";
import "./graphiql.css";

document.documentElement.lang = text.locale;
createRoot(document.getElementById("root")!).render(<GraphiqlPage />);
